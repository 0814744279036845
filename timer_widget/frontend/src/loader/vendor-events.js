/**
 * The events of Harvest's own script: `harvest-event:ready` out, `harvest-event:timers:add` and `…:chrome:add` in. Pages
 * dispatch those on the hidden element `#harvest-messaging`, natively or through jQuery. We listen on the document: capturing
 * sees events that do not bubble, jQuery's own always do, and the element may be replaced with its page.
 */
import { make } from "./make.js";
import { put } from "./timer-button.js";

const ADD = "harvest-event:timers:add";
const RESCAN = "harvest-event:timers:chrome:add";

let jQueryHeard, isReady;

export function listenForTimers(add, rescan) {
  const onAdd = (event) => {
    const given = event.element ?? (event.originalEvent ?? event).detail?.element;
    const element = given?.jquery ? given[0] : given;
    if (element) add(element);
  };
  document.addEventListener(ADD, onAdd, true);
  document.addEventListener(RESCAN, rescan, true);
  return () => {
    const id = "harvest-messaging";
    put(document.getElementById(id) ?? make("div", { id, hidden: true }), { "data-ready": true });
    const { jQuery } = window;
    if (jQuery && jQuery != jQueryHeard) jQuery(document).bind(ADD, onAdd).bind(RESCAN, rescan);
    jQueryHeard = jQuery;
  };
}

/** Tells the page, once, that its timers have been found. */
export function announceReady() {
  const event = new CustomEvent("harvest-event:ready", { bubbles: true, cancelable: true, detail: {} });
  if (!isReady) document.body.dispatchEvent(event);
  isReady = true;
}
