/**
 * The events by which pages tell of timers: `harvest-event:timers:add` and `…:chrome:add`, dispatched on the hidden element
 * `#harvest-messaging`, natively or through jQuery. We listen on the document: capturing sees events that do not bubble,
 * jQuery's own always do, and the element may be replaced with its page.
 */
import { on } from "./lifetime.js";
import { make } from "./make.js";
import { adopt } from "./marked-timer.js";
import { meet, scan, settle } from "./page-watch.js";
import { put } from "./timer-button.js";

const ADD = "harvest-event:timers:add";
const RESCAN = "harvest-event:timers:chrome:add";

let heard;

const onAdd = (event) => {
  const given = event.element ?? (event.originalEvent ?? event).detail?.element;
  const element = given?.jquery ? given[0] : given;
  if (element?.nodeType != 1) return scan(); // Old pages name none, and mean all.
  adopt(element); // It may not be in the page yet.
  meet(element);
  settle();
};

export function hearNative() {
  on(document, ADD, onAdd, true);
  on(document, RESCAN, scan, true);
}

/** To be repeated: the element may have gone, jQuery may have come. */
export function hearJQuery() {
  const { jQuery } = window;
  const id = "harvest-messaging";
  put(document.querySelector("#" + id) ?? make("div", { id, hidden: true }), { "data-ready": true });
  if (jQuery && jQuery != heard) jQuery(document).bind(ADD, onAdd).bind(RESCAN, scan);
  heard = jQuery;
}
