/**
 * The events by which pages tell of timers: `harvest-event:timers:add` and `…:chrome:add`, dispatched on the hidden element
 * `#harvest-messaging`, natively or through jQuery. We listen on the document: capturing sees events that do not bubble,
 * jQuery's own always do, and the element may be replaced with its page.
 */
import { on } from "./lifetime.js";
import { make } from "./make.js";
import { put } from "./timer-button.js";

const ADD = "harvest-event:timers:add";
const RESCAN = "harvest-event:timers:chrome:add";

/** @type {any} */
let heard;

/**
 * What an event names; old pages name nothing.
 * @param {any} event
 */
export const named = (event) => {
  const given = event.element ?? (event.originalEvent ?? event).detail?.element;
  return given?.jquery ? given[0] : given;
};

/**
 * @param {(event: Event) => void} onAdd
 * @param {() => void} onRescan
 */
export function hearNative(onAdd, onRescan) {
  on(document, ADD, onAdd, true);
  on(document, RESCAN, onRescan, true);
}

/**
 * To be repeated: the element may have gone, jQuery may have come.
 * @param {(event: Event) => void} onAdd
 * @param {() => void} onRescan
 */
export function hearJQuery(onAdd, onRescan) {
  const { jQuery } = /** @type {any} */ (window);
  const id = "harvest-messaging";
  put(document.querySelector("#" + id) ?? make("div", { id, hidden: true }), { "data-ready": true });
  if (jQuery != heard) (heard = jQuery)?.(document).bind(ADD, onAdd).bind(RESCAN, onRescan);
}
