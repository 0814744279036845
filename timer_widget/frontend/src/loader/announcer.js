/** One quiet region that says what happened, once per start, stop or failure, and never because a second passed. */
import { make } from "./make.js";
import { isPanelOpen } from "./panel-dialog.js";

const AFTER_MS = 150; // A region outside an open modal dialog is not read: wait for the panel to close.

const region = make("div", { className: "harvest-announcer", role: "status" });

export const announce = (/** @type {string} */ text) => setTimeout(() => isPanelOpen() || (region.textContent = text), AFTER_MS);
