/** What a click on a timer means, and how it is carried out. */
import { isSameItem, itemKey } from "../shared/item.js";
import { callController, connect } from "./controller-frame.js";
import { openPanel } from "./panel-dialog.js";
import { clicks, happened, paintAll, shownTimer, state, waiting } from "./timers.js";
import { wishOf } from "./wish.js";

const SAME_PRESS_MS = 500; // as operating systems count a double click: nobody starts a timer to stop it at once

/**
 * Shows at once what is being done, and plainly where it was refused. What waits and what failed later the controller tells.
 * @param {Timer.Item} item
 * @param {Timer.Act} act
 * @param {() => Promise<any>} work
 */
async function shown(item, act, work) {
  /** @param {Timer.Click} [click] */
  const mark = (click) => {
    clicks.set(itemKey(item), click);
    paintAll();
  };
  mark({ kind: act });
  try {
    const done = await work();
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
 * Carries out a click.
 * @param {Timer.Act} act
 * @param {Timer.Wish} wish
 * @returns {Promise<any>} what the controller answers (for-host.js), "panel" where that opened for a person to choose
 */
export const carryOut = (act, wish) =>
  shown(wish.item, act, async () => {
    if (state.status == "connecting")
      await new Promise((/** @type {(nothing?: undefined) => void} */ goOn) => {
        waiting.push(goOn);
        connect();
      });
    const done = await callController(act, wish);
    if (done != "ask") return done;
    openPanel(wish);
    pressed.at = -Infinity; // nothing was done that a second press could undo
    return "panel";
  });

/** The last press: of which timer, what it did and when. */
let pressed = { key: "", act: "", at: -Infinity };

/**
 * The second press of a double click, which would undo the first. A click that a script makes is none.
 * @param {string} key
 * @param {Timer.Act} act
 */
function isSamePress(key, act) {
  const at = performance.now();
  const isSame = pressed.key == key && pressed.act != act && at - pressed.at < SAME_PRESS_MS;
  if (!isSame) pressed = { key, act, at };
  return isSame;
}

/**
 * A click: stops what runs here; else the controller starts at once if it knows what on, and asks for the panel if not. On a click
 * that failed it is that click again.
 * @param {HTMLElement} element
 * @param {boolean} wantsPanel
 * @param {boolean} [isPress] by a person
 */
export function activate(element, wantsPanel, isPress) {
  const wish = wishOf(element);
  const { item } = wish;
  const key = itemKey(item);
  const act = isSameItem(shownTimer()?.item, item) ? "stop" : "start";
  const mark = state.marks?.[key];
  if ((isPress && !wantsPanel && isSamePress(key, act)) || clicks.get(key)?.kind == act) return;
  if (state.status == "unavailable" && !state.isStale) callController("wake");
  else if (wantsPanel || !/^(ready|unavailable|connecting)$/.test(state.status) || !item.id) openPanel(wish);
  else if (mark?.kind != "failed") carryOut(act, wish).catch(() => {}); // The button shows it.
  else if (mark.isRetried) shown(item, act, () => callController("decide", { key: mark.key, decision: "retry" })).catch(() => {});
  else openPanel(wish);
}
