/** What a click on a timer means, and how it is carried out. */
import { isSameItem, itemKey } from "../shared/item.js";
import { callController, connect } from "./controller-frame.js";
import { openPanel } from "./panel-dialog.js";
import { clicks, happened, paintAll, state, waiting } from "./timers.js";
import { wishOf } from "./wish.js";

/**
 * Carries out a click; the button shows it at once, and shows plainly when it was refused.
 * @param {Timer.Act} call
 * @param {Timer.Wish} wish
 * @returns {Promise<any>} what the controller answers (for-host.js), "panel" where that opened for a person to choose
 */
export async function carryOut(call, wish) {
  const { item } = wish;
  /** @param {Timer.Click} [click] */
  const mark = (click) => {
    clicks.set(itemKey(item), click);
    paintAll();
  };
  mark({ kind: call });
  try {
    if (state.status == "connecting")
      await new Promise((/** @type {(nothing?: undefined) => void} */ goOn) => {
        waiting.push(goOn);
        connect();
      });
    let done = await callController(call, wish);
    if (done == "ask") {
      openPanel(wish);
      done = "panel";
    }
    mark();
    return done;
  } catch (/** @type {any} */ error) {
    const { message } = error;
    const told = { code: "error", ...error, message };
    happened({ ...told, name: "error", item, said: message });
    mark({ kind: "failed", note: message });
    throw told;
  }
}

/**
 * A click: stops what runs here; else the controller starts at once if it knows what on, and asks for the panel if not.
 * @param {HTMLElement} element
 * @param {boolean} wantsPanel
 */
export function activate(element, wantsPanel) {
  const wish = wishOf(element);
  const { item } = wish;
  const call = isSameItem(state.running?.item, item) ? "stop" : "start";
  if (clicks.get(itemKey(item))?.kind == call) return;
  if (state.status == "unavailable") callController("wake");
  else if (wantsPanel || state.status != "ready" || !item.id) openPanel(wish);
  else carryOut(call, wish).catch(() => {}); // The button shows it.
}
