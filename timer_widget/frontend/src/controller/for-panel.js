/** What the panel frame may ask of the controller. The panel is ours, so it sees names; it never sees the session itself. */
const READS = ["projects", "day", "history", "historyFile", "signOut"];
const WRITES = ["start", "stop", "edit", "add", "remove", "move", "undo", "project", "answer"];

const each = (/** @type {string[]} */ names, /** @type {(name: string) => (value: any) => any} */ make) => Object.fromEntries(names.map((name) => [name, make(name)]));

/**
 * @param {ReturnType<typeof import("./controller.js").createController>} controller
 * @returns {Timer.Answers}
 */
export const forPanel = ({ read, snapshot, wake, connect, signIn, ...controller }) => ({
  wake: () => void wake(),
  snapshot,
  async state(/** @type {{item: Timer.Item}} */ { item }) {
    await read("state", { item });
    return snapshot();
  },
  ...each(READS, (name) => (value) => read(name, value)),
  ...each(WRITES, (name) => (value) => controller.writeFromPanel(name, value)),
  decide: controller.decide,
  connect,
  signIn,
});
