/** An element in Harvest's own markup, class `harvest-timer` on any tag. Its content stays as the host made it. */
import { life } from "./lifetime.js";
import { make } from "./make.js";
import { settings } from "./settings.js";
import { NATIVE, makeButton, put, setClass } from "./timer-button.js";
import { timers } from "./timers.js";
import { activate } from "./clicks.js";

const known = new WeakMap(); // element -> {since: the life in which it became a timer, isStyled}

/**
 * Makes the element a timer, once, and gives it all that a timer has, as often as the page takes something away: React and
 * Vue write classes anew, Turbo's morph takes away what the server did not send.
 * @param {HTMLElement} element
 */
export function adopt(element) {
  if (element.localName == "harvest-timer") return;
  timers.add(element);
  if (known.get(element)?.since != life) {
    known.set(element, { since: life, isStyled: wantsStyle(element) });
    makeButton(element, timers, activate);
  }
  if (!element.matches(NATIVE)) put(element, { role: "button", tabindex: element.getAttribute("tabindex") ?? "0" });
  put(element, { "data-listening": true });
  setClass(element, "harvest-timer", true);
  if (!known.get(element).isStyled) return;
  setClass(element, "styled", true);
  if (!element.firstChild) make("span", { className: "harvest-timer-icon" }, element);
}

/**
 * A page's own `styled` means that it looks as it should; one beside our mark is ours, from a snapshot of the page.
 * @param {HTMLElement} element
 */
function wantsStyle(element) {
  const { skipStyling, listening } = element.dataset;
  const isDone = element.matches(".styled") && !listening;
  return !isDone && !settings().skipStyling && (skipStyling ?? "false") == "false";
}
