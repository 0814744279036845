/**
 * A timer's button, whichever markup it comes from: how it answers to clicks and keys, and how a view is put on it.
 */
import { on } from "./lifetime.js";

/** What is a button by itself. Anything else gets a role, a place in the tab order, Enter and Space. */
export const NATIVE = "button,a[href],input";

/**
 * @param {HTMLElement} button
 * @param {Set<HTMLElement>} timers those that are timers still: the page may make something else of a button
 * @param {(button: HTMLElement, wantsPanel: boolean, isPress: boolean) => void} onActivate
 */
export function makeButton(button, timers, onActivate) {
  on(button, "click", (event) => {
    if (!timers.has(button)) return;
    event.stopPropagation(); // Harvest's script does so, and pages rely on it.
    onActivate(button, event.shiftKey, event.isTrusted);
  });
  on(button, "keydown", (event) => {
    if (button.matches(NATIVE) || event.target != button || !/^( |Enter)$/.test(event.key)) return;
    event.preventDefault(); // Space would scroll the page.
    if (!event.repeat) button.click();
  });
}

/**
 * @param {HTMLElement} element
 * @param {Timer.View} view
 */
export function paintTimer(element, { kind, running, ticks, text, note, time, name, more }) {
  const [button = element, details] = element.shadowRoot?.children ?? [];
  for (const each of [button, ...button.children]) setClass(each, "running", running);
  put(element, { "data-harvest-state": kind });
  put(button, {
    "data-harvest-state": kind,
    "data-harvest-note": !details && note && note + " ",
    "data-harvest-time": time,
    "aria-busy": /^st(art|op)$/.test(kind),
    title: name,
    ...(button.matches(".styled") && { "aria-label": name }), // Text that is seen is the name of an unstyled one.
  });
  if (!details) return;
  put(details, { "aria-label": more, hidden: !running && !ticks });
  if (button.textContent != text) /** @type {Node} */ (button.firstChild).textContent = text;
}

/**
 * Writes attributes, and only those that change, so that a host's MutationObserver and ours see a still page as still.
 * An empty value takes the attribute away.
 * @param {Element} element
 * @param {Record<string, any>} attributes
 */
export const put = (element, attributes) => {
  for (const name in attributes) {
    const value = attributes[name];
    if (!value) element.removeAttribute(name);
    else if (element.getAttribute(name) !== value + "") element.setAttribute(name, value);
  }
};

/**
 * Even removing an absent class would count as a change.
 * @param {Element} element
 * @param {string} name
 * @param {boolean} isOn
 */
export const setClass = (element, name, isOn) =>
  element.classList.contains(name) != isOn && element.classList.toggle(name, isOn);
