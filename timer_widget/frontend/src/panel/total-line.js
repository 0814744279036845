/** How much is tracked on this item already, the running timer included, to the minute. */
import { elapsedSeconds, hoursText, sinceOf } from "../shared/elapsed.js";
import { isSameItem, itemKey } from "../shared/item.js";
import { fill, panelWords as words } from "../shared/translations.js";
import { h, write } from "./dom.js";

export function totalLine() {
  const element = h("p.total");
  return {
    element,
    update(/** @type {Timer.Model} */ { item, snapshot: { state, offset, totals } }) {
      const settled = totals[itemKey(item)];
      const isHere = isSameItem(state.running?.item, item);
      const seconds = (settled ?? 0) + (isHere ? elapsedSeconds(sinceOf(/** @type {Timer.Running} */ (state.running), offset), Date.now()) : 0);
      write(element, settled == null ? "" : fill(words.total, { time: hoursText(seconds) }));
    },
  };
}
