/** What the loader may ask of the controller: to start, to stop, to look again. Nothing here answers with a name. */
import { isSameItem, itemKey } from "../shared/item.js";
import { firstNotes } from "../shared/notes.js";

const NEEDS_PANEL = new Set(["connection_required", "needs_reauth"]);
const CERTAIN = new Set(["host", "item", "group", "rule"]);

/** @param {ReturnType<typeof import("./controller.js").createController>} controller */
export function forHost({ read, write, wake, snapshot, noteGuess, items }) {
  /**
   * The one choice that is certain enough to start on at once, or null.
   * @param {Timer.Wish} wish
   * @returns {Promise<Timer.Choice | null>}
   */
  const choose = async (wish) => {
    const { suggested } = await read("suggestion", wish);
    return suggested?.task_id && CERTAIN.has(suggested.from) ? suggested : null;
  };
  /**
   * A choice that we remembered and Harvest no longer takes is the person's to make anew; the page's own is an error to show.
   * @param {Timer.Failure} error
   * @param {Timer.Choice | null | false | undefined} choice
   */
  const mustAsk = (error, choice) =>
    NEEDS_PANEL.has(error.code) || (error.code == "harvest_rejected" && choice && choice.from != "host");

  /** @param {Timer.Wish} wish */
  const begin = async ({ item, defaults, notes = firstNotes(item, defaults) }) => {
    if (isSameItem(snapshot().state?.running?.item, item)) return "running";
    /** @type {Timer.Choice | null | false | undefined} */
    let choice;
    try {
      choice = snapshot().status == "ready" && (await choose({ item, defaults }));
      if (!choice) return "ask";
      const { project_id, task_id } = choice;
      await write("start", { item, project_id, task_id, notes });
      if (choice.from != "host") noteGuess();
      return "started";
    } catch (/** @type {any} */ error) {
      if (mustAsk(error, choice)) return "ask";
      throw error;
    }
  };
  const underWay = new Map(); // item key -> its start, so that two at once make one entry

  return {
    wake: () => void wake(),
    items: (/** @type {Timer.Item[]} */ all) => void items(all),

    /** @returns "started"; "running" when it ran already; "ask" when a person has to choose or to connect first */
    start(/** @type {Timer.Wish} */ wish) {
      const key = itemKey(wish.item);
      if (!underWay.has(key)) underWay.set(key, begin(wish).finally(() => underWay.delete(key)));
      return underWay.get(key);
    },

    /** @returns "stopped", or "idle" when nothing ran */
    async stop(/** @type {{item?: Timer.Item}} */ { item }) {
      const entry_id = snapshot().state?.running?.entry_id;
      if (!entry_id) return "idle";
      await write("stop", { entry_id, item: item?.name ? item : null });
      return "stopped";
    },
  };
}
