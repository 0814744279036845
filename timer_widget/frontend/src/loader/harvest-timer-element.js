/** `<harvest-timer item-id="…">`: our own element. Attributes in, events out, one shadow root. */
import { make } from "./make.js";
import { shadowStyle } from "./lifetime.js";
import { connect } from "./controller-frame.js";
import { forget, paint, timers } from "./timers.js";
import { activate } from "./clicks.js";

/**
 * @tag harvest-timer
 * @summary A button that starts and stops a Harvest timer for one item of the page.
 *
 * @attr {string} item-id your id of the ticket; without one the button opens the panel
 * @attr {string} item-name prefills the notes
 * @attr {string} group-id your id of the board
 * @attr {string} group-name shown above the form
 * @attr {string} account-id your id of the customer
 * @attr {string} permalink the page to link back to, or a template with `%ITEM_ID%`, `%GROUP_ID%`, `%ACCOUNT_ID%`
 * @attr {string} labels your labels of the ticket, with commas between
 * @attr {string} notes-template begins the notes, such as `[%ITEM_ID%] %ITEM_NAME%`
 * @attr {string} project-id preselects the project
 * @attr {string} project-code the same by its code
 * @attr {string} project-name the same by its name
 * @attr {string} task-id preselects the task; with a project named as well a click starts at once
 * @attr {string} task-code the same by its code
 * @attr {string} task-name the same by its name
 * @attr {boolean} compact no text on the button, only its icon and time
 * @attr {string} data-harvest-state written by the element: `running`, `ready`, `elsewhere`, `failed`, …
 *
 * @event {CustomEvent} harvest-timer:ready the timer service answers
 * @event {CustomEvent} harvest-timer:started a timer began on this item
 * @event {CustomEvent} harvest-timer:stopped it ended
 * @event {CustomEvent} harvest-timer:switched it began and ended another
 * @event {CustomEvent} harvest-timer:updated what runs was changed
 * @event {CustomEvent} harvest-timer:notice a stop came to something else than its person expects
 * @event {CustomEvent} harvest-timer:forgotten the timer was probably forgotten, or was stopped for that
 * @event {CustomEvent} harvest-timer:reminder the person is not tracking, where an operator wants them told
 * @event {CustomEvent} harvest-timer:pending a start or stop is kept and done later
 * @event {CustomEvent} harvest-timer:auth-needed the person has to sign in or connect Harvest
 * @event {CustomEvent} harvest-timer:error a click failed, at once or later
 *
 * @csspart button the button
 * @csspart label its text
 * @csspart details the button beside it that opens the panel while the timer runs
 *
 * @cssprop {length} [--harvest-timer-size=30px] height of the button
 * @cssprop {color} [--harvest-timer-accent=#16d] colour of a running button
 */
export class HarvestTimerElement extends HTMLElement {
  static observedAttributes = ["item-id", "item-name", "group-id", "data-harvest-state"];

  connectedCallback() {
    if (!this.shadowRoot) this.#build();
    timers.add(this);
    paint(this);
    connect();
  }

  disconnectedCallback() {
    forget(this);
  }

  /**
   * Our own attribute counts only when a morph of the page takes it away.
   * @param {string} name
   * @param {string?} before
   * @param {string?} now
   */
  attributeChangedCallback(name, before, now) {
    if (timers.has(this) && !(now && name.startsWith("data"))) paint(this);
  }

  #build() {
    const root = this.attachShadow({ mode: "open", delegatesFocus: true });
    root.adoptedStyleSheets = [shadowStyle];
    for (const part of ["button", "details"]) {
      const onclick = (/** @type {MouseEvent} */ { shiftKey, isTrusted }) => activate(this, shiftKey || part == "details", isTrusted);
      make("button", { part, className: "harvest-timer styled", onclick }, root);
    }
    make("span", { part: "label" }, /** @type {Element} */ (root.firstChild));
  }
}
