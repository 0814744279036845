/** What the loader may ask of the controller: to start, to stop, to look again. Nothing here answers with a name. */
import { isSameItem, itemKey } from "../shared/item.js";
import { firstNotes } from "../shared/notes.js";

const NEEDS_PANEL = new Set(["connection_required", "needs_reauth"]);
const CERTAIN = new Set(["host", "item", "group", "rule"]);

export function forHost({ read, write, wake, snapshot, noteGuess, items }) {
  /** The one choice that is certain enough to start on at once, or null. */
  const choose = async (wish) => {
    const { suggested } = await read("suggestion", wish);
    return suggested?.task_id && CERTAIN.has(suggested.from) ? suggested : null;
  };
  /** A choice that we remembered and Harvest no longer takes is the person's to make anew; the page's own is an error to show. */
  const mustAsk = (error, choice) =>
    NEEDS_PANEL.has(error.code) || (error.code == "harvest_rejected" && choice && choice.from != "host");

  const begin = async ({ item, defaults, notes = firstNotes(item, defaults) }) => {
    if (isSameItem(snapshot().state?.running?.item, item)) return "running";
    let choice;
    try {
      choice = snapshot().status == "ready" && (await choose({ item, defaults }));
      if (!choice) return "ask";
      const { project_id, task_id } = choice;
      await write("start", { item, project_id, task_id, notes });
      if (choice.from != "host") noteGuess();
      return "started";
    } catch (error) {
      if (mustAsk(error, choice)) return "ask";
      throw error;
    }
  };
  const underWay = new Map(); // item key -> its start, so that two at once make one entry

  return {
    wake: () => void wake(),
    items: (all) => void items(all),

    /** @returns "started"; "running" when it ran already; "ask" when a person has to choose or to connect first */
    start(wish) {
      const key = itemKey(wish.item);
      if (!underWay.has(key)) underWay.set(key, begin(wish).finally(() => underWay.delete(key)));
      return underWay.get(key);
    },

    /** @returns "stopped", or "idle" when nothing ran */
    async stop({ item }) {
      const entry_id = snapshot().state?.running?.entry_id;
      if (!entry_id) return "idle";
      await write("stop", { entry_id, item: item?.name ? item : null });
      return "stopped";
    },
  };
}
