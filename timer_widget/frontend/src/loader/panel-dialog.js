/**
 * The panel frame in a modal dialog, made on first need and kept: opening it again costs no request. The ids and classes are
 * the vendor's (`harvest-overlay`, `harvest-iframe`), because hosts style them.
 */
import { PANEL_OPEN, PROTOCOL } from "../shared/host-messages.js";
import { buttonWords as words } from "../shared/words.js";
import { make } from "./make.js";
import { base, origin } from "./home.js";

let dialog, frame, opener;

export const isPanel = (source) => frame && source == frame.contentWindow;
export const isPanelOpen = () => dialog?.open;
export const closePanel = () => dialog?.close();
export const resizePanel = (height) => height > 0 && (frame.style.height = Math.min(height, 2000) + "px");

export function openPanel(query) {
  if (dialog?.isConnected)
    frame.contentWindow.postMessage({ type: PANEL_OPEN, version: PROTOCOL, query }, origin);
  else {
    dialog = make("dialog", { className: "harvest-overlay", ariaLabel: words.frame });
    const src = `${base}/platform/timer?${query}`;
    frame = make("iframe", { id: "harvest-iframe", title: words.frame, src }, dialog);
    dialog.onclick = closePanel; // Clicks inside the frame never come here.
    dialog.onclose = () => opener?.focus();
  }
  if (!dialog.open) {
    opener = document.activeElement;
    dialog.showModal();
  }
  frame.focus();
}

export const removePanel = () => {
  dialog?.remove();
  dialog = frame = null;
};
