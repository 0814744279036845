/**
 * The panel frame in a modal dialog, made on first need and kept: opening it again costs no request. The ids and classes are
 * the vendor's (`harvest-overlay`, `harvest-iframe`), because hosts style them.
 */
import { PANEL_OPEN, PANEL_TITLE } from "../shared/host-messages.js";
import { frameQuery } from "./frame-query.js";
import { make } from "./make.js";
import { base, origin } from "./home.js";

let /** @type {HTMLDialogElement?} */ dialog, /** @type {HTMLIFrameElement} */ frame;

export const isPanel = (/** @type {MessageEventSource?} */ source) => frame && source == frame.contentWindow;
export const isPanelOpen = () => dialog?.open;
export const closePanel = () => dialog?.close();
export const resizePanel = (/** @type {number} */ height) => height > 0 && (frame.style.height = Math.min(height, 2000) + "px");

/** @param {Timer.Wish} wish */
export function openPanel(wish) {
  const query = frameQuery(wish);
  if (dialog) /** @type {Window} */ (frame.contentWindow).postMessage({ type: PANEL_OPEN, query }, origin);
  else {
    dialog = make("dialog", { className: "harvest-overlay", ariaLabel: PANEL_TITLE });
    const src = `${base}/platform/timer?${query}`;
    frame = make("iframe", { id: "harvest-iframe", title: PANEL_TITLE, src }, dialog);
    // Clicks inside the frame never come here, but the second of a double click on the button does.
    dialog.onclick = ({ detail }) => detail > 1 || closePanel();
  }
  if (!dialog.open) dialog.showModal(); // Focus goes to the frame, and back to where it was once the dialog closes.
}

export function removePanel() {
  dialog?.remove();
  dialog = null;
}
