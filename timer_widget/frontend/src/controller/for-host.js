/** What the loader may ask of the controller: to start, to stop, to look again. Nothing here answers with a name. */
import { namedChoice, namesBoth } from "../shared/named-choice.js";

const NEEDS_PANEL = new Set(["connection_required", "needs_reauth"]);

export function forHost({ read, write, wake, snapshot }) {
  /** The host's choice as ids, or null when it does not settle both. */
  const choose = async (item, defaults) => {
    if (!namesBoth(defaults)) return null;
    const { projects } = await read("projects", { item });
    const { project, task } = namedChoice(projects, defaults);
    return project && task && { project_id: project.id, task_id: task.id };
  };

  return {
    wake: () => void wake(),

    /** @returns "started", or "ask" when a person has to choose or to connect first */
    async start({ item, defaults, notes = item.name }) {
      try {
        const choice = snapshot().status == "ready" && (await choose(item, defaults));
        if (!choice) return "ask";
        await write("start", { item, ...choice, notes });
        return "started";
      } catch (error) {
        if (NEEDS_PANEL.has(error.code)) return "ask";
        throw error;
      }
    },

    async stop({ item }) {
      const entry_id = snapshot().state?.running?.entry_id;
      if (entry_id) await write("stop", { entry_id, item: item?.name ? item : null });
      return "stopped";
    },
  };
}
