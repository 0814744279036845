/** An element in Harvest's own markup, class `harvest-timer` on any tag. Its content stays as the host made it. */
import { life } from "./lifetime.js";
import { make } from "./make.js";
import { settings } from "./settings.js";
import { makeButton, put } from "./timer-button.js";
import { activate, timers } from "./timers.js";

const known = new WeakMap(); // element -> the life in which it became a timer

/** Makes the element a timer, once; an element that left the page and came back still is one. */
export function adopt(element) {
  if (element.localName == "harvest-timer") return;
  timers.add(element);
  if (known.get(element) == life) return;
  known.set(element, life);
  makeButton(element, (wantsPanel) => activate(element, wantsPanel));
  put(element, { "data-listening": true });
  element.classList.add("harvest-timer");
  const skip = element.dataset.skipStyling ?? "false";
  if (settings().skipStyling || skip != "false" || element.matches(".styled")) return;
  element.classList.add("styled");
  if (!element.firstChild) make("span", { className: "harvest-timer-icon" }, element);
}
