/** What the loader may ask of the controller: to start, to stop, to look again. Nothing here answers with a name. */
import { isSameItem, itemKey } from "../shared/item.js";

const NEEDS_PANEL = new Set(["connection_required", "needs_reauth"]);

/** @param {ReturnType<typeof import("./controller.js").createController>} controller */
export function forHost({ start, stop, wake, running, canClick, noteGuess, items, decide, adopt }) {
  /**
   * A choice that we remembered and Harvest no longer takes is the person's to make anew; the page's own is an error to show.
   * @param {Timer.Failure & {from?: string}} error
   */
  const mustAsk = ({ code, from }) => NEEDS_PANEL.has(code) || (code == "harvest_rejected" && from && from != "host");

  /** @type {Map<string, Promise<string>>} */
  const underWay = new Map(); // item key -> its start, so that two at once make one entry

  /** @param {Timer.Wish} wish */
  const begin = async (wish) => {
    if (isSameItem(running()?.item, wish.item)) return "running";
    if (!canClick()) return "ask";
    try {
      const { isUndecided, isPending, from } = await start(wish);
      if (isUndecided) return "ask";
      if (from && from != "host") noteGuess();
      return isPending ? "pending" : "started";
    } catch (/** @type {any} */ error) {
      if (mustAsk(error)) return "ask";
      throw error;
    }
  };

  return {
    wake: () => void wake(),
    items: (/** @type {Timer.Item[]} */ all) => void items(all),
    /** Another tab has kept or sent a click. */
    adopt: () => void adopt(),
    decide: (/** @type {any} */ decision) => decide(decision),

    /**
     * @param {Timer.Wish} wish
     * @returns {Promise<string>} "started"; "running" when it ran already; "pending" where it is kept or on its way; "ask" when a
     * person has to choose or to connect first
     */
    start(wish) {
      const key = itemKey(wish.item);
      const started = underWay.get(key) ?? begin(wish).finally(() => underWay.delete(key));
      underWay.set(key, started);
      return started;
    },

    /** @returns {Promise<string>} "stopped", "pending", or "idle" when nothing ran */
    async stop(/** @type {{item?: Timer.Item}} */ { item }) {
      if (!running()) return "idle";
      const { isPending } = await stop(item?.name ? item : null);
      return isPending ? "pending" : "stopped";
    },
  };
}
