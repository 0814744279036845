/** Screens that say one thing: on its way, nothing there, not now. */
import { h, icon } from "../../panel/dom.js";
import { say } from "./translations.js";

export const loading = () => h("p.status", { role: "status" }, h("span.spinner", { "aria-hidden": "true" }), say("loading"));

/** @param {string} text */
export const nothing = (text) => h("p.nothing", {}, text);

/** What people are told of an error, by its code. @type {Record<string, string>} */
const TOLD = {
  not_mirrored: "not_ready",
  mirror_required: "not_ready",
  stream_not_complete: "not_ready",
  not_found: "not_found",
  too_many_requests: "busy",
  token_missing: "signed_out",
  token_refused: "signed_out",
};

/** @param {any} error */
export const told = (error) => say(TOLD[error?.code] ?? (error?.status == 401 || error?.status == 403 ? "signed_out" : "unavailable"));

/**
 * @param {any} error
 * @param {() => void} again
 */
export const failed = (error, again) =>
  h(
    "div.message",
    { role: "alert" },
    h("span.message-sign", {}, icon("alert")),
    h("p.message-text", {}, told(error)),
    h("button.button", { type: "button", onclick: again }, say("again")),
  );
