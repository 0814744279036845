/**
 * `<harvest-timer item-id item-name group-id group-name permalink project-… task-…>`: our own element. Attributes in, events
 * out; one shadow root with the parts `button`, `label` and `details`.
 */
import { make } from "./make.js";
import { shadowStyle } from "./lifetime.js";
import { connect } from "./controller-frame.js";
import { forget, paint, timers } from "./timers.js";
import { activate } from "./clicks.js";

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

  /** Our own attribute counts only when a morph of the page takes it away. */
  attributeChangedCallback(name, before, now) {
    if (timers.has(this) && !(now && name.startsWith("data"))) paint(this);
  }

  #build() {
    const root = this.attachShadow({ mode: "open", delegatesFocus: true });
    root.adoptedStyleSheets = [shadowStyle];
    for (const part of ["button", "details"]) {
      const onclick = ({ shiftKey }) => activate(this, shiftKey || part == "details");
      make("button", { part, className: "harvest-timer styled", onclick }, root);
    }
    make("span", { part: "label" }, root.firstChild);
  }
}
