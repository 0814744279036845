/** An element in Harvest's own markup, class `harvest-timer` on any tag. Its content stays as the host made it. */
import { make } from "./make.js";
import { settings } from "./settings.js";
import { makeButton, put, setClass } from "./timer-button.js";
import { activate, timers } from "./timers.js";

let known = new WeakSet();
let listening = new AbortController();

/** Makes the element a timer, once; an element that left the page and came back still is one. */
export function adopt(element) {
  if (element.localName == "harvest-timer") return;
  if (!known.has(element)) makeTimer(element);
  known.add(element);
  timers.add(element);
}

function makeTimer(element) {
  makeButton(element, (wantsPanel) => activate(element, wantsPanel), listening.signal);
  put(element, { "data-listening": true });
  setClass(element, "harvest-timer", true);
  const skip = element.dataset.skipStyling ?? "false";
  if (settings().skipStyling || skip != "false" || element.matches(".styled")) return;
  setClass(element, "styled", true);
  if (!element.firstChild) make("span", { className: "harvest-timer-icon" }, element);
}

export function forgetMarked() {
  listening.abort();
  listening = new AbortController();
  known = new WeakSet();
}
