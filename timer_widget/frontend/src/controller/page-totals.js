/**
 * What is tracked on the items of the page: asked for once for all of them, beside everything else. A failure is no news to
 * anybody: the buttons stay as they are, and the next state tries again.
 */
import { itemKey } from "../shared/item.js";

const SOON_MS = 50; // timers come one after another
const ANEW_MS = 15 * 60_000; // what others track meanwhile
const AT_ONCE = 500; // the server takes no more

/**
 * @param {object} given
 * @param {(items: Timer.Key[]) => Promise<Timer.Totals>} given.ask (items) -> promise of the server's totals
 * @param {() => string} given.marker () -> what changes with the person's own time: an answer that such a change overtook is asked for again
 * @param {(answer: Timer.Totals) => void} given.onTotals called with each answer
 * @param {() => number} given.now
 */
export function pageTotals({ ask, marker, onTotals, now }) {
  /** @type {Timer.Item[]} */
  let items = [];
  /** @type {Set<string>} */
  let known = new Set(); // item keys
  let askedAt = -Infinity;
  let /** @type {any} */ timer, /** @type {boolean} */ isAsking;

  const look = async () => {
    timer = null;
    if (now() - askedAt > ANEW_MS) known = new Set();
    const wanted = items.filter((item) => item.id && !known.has(itemKey(item))).slice(0, AT_ONCE);
    if (isAsking || !wanted.length) return;
    isAsking = true;
    try {
      if (!known.size) askedAt = now();
      const before = marker();
      const answer = await ask(wanted.map(({ id, group_id }) => ({ id, group_id })));
      for (const item of wanted) known.add(itemKey(item)); // some may not be this session's to know
      if (before == marker()) onTotals(answer);
      else known = new Set(); // the change may be in it or not
      soon();
    } catch {
      // The next state tries again.
    } finally {
      isAsking = false;
    }
  };
  const soon = () => (timer ??= setTimeout(look, SOON_MS));
  return {
    /** The items that are on the page now. */
    show(/** @type {Timer.Item[]} */ all) {
      items = all;
      soon();
    },
    /** A click has changed what is tracked, and its answer did not say by how much. */
    forget() {
      known = new Set();
      soon();
    },
  };
}
