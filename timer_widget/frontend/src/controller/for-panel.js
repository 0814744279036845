/** What the panel frame may ask of the controller. The panel is ours, so it sees names; it never sees the session itself. */
export const forPanel = ({ read, write, snapshot, wake, connect, signIn }) => ({
  wake: () => void wake(),
  snapshot,
  async state({ item }) {
    await read("state", { item });
    return snapshot();
  },
  projects: ({ item }) => read("projects", { item }),
  start: ({ item, project_id, task_id, notes }) => write("start", { item, project_id, task_id, notes }),
  stop: ({ entry_id, item }) => write("stop", { entry_id, item }),
  edit: ({ entry_id, notes }) => write("edit", { entry_id, notes }),
  connect,
  signIn,
});
