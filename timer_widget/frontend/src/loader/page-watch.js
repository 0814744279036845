/**
 * Keeps the timers right while the page changes: single-page applications, Turbo and Astro visits, late markup, late jQuery.
 * Only changes that can concern a timer cause work.
 */
import { callController, connect } from "./controller-frame.js";
import { emit } from "./emit.js";
import { onMessage } from "./frame-messages.js";
import { beginLife, endLife, life, on } from "./lifetime.js";
import { ours } from "./make.js";
import { adopt } from "./marked-timer.js";
import { paintAll, timers } from "./timers.js";
import { hearJQuery, hearNative } from "./vendor-events.js";

export function scan() {
  if (life.signal.aborted) return;
  if (!ours.isConnected) document.documentElement.append(ours);
  for (const element of document.querySelectorAll(".harvest-timer")) adopt(element);
  hearJQuery();
  paintAll();
  if (timers.size) connect();
}

const concerns = ({ target, attributeName }) => !attributeName || target.matches(".harvest-timer");
const observer = new MutationObserver((records) => records.some(concerns) && scan());
const attributeFilter = ["class", "data-item", "data-group", "data-project"];

const begin = () => {
  scan();
  observer.observe(document, { childList: true, subtree: true, attributeFilter });
  emit(document.body, "harvest-event:ready", {});
};

export function startWatching() {
  beginLife();
  hearNative();
  on(window, "message", onMessage);
  on(window, "focus", () => callController("wake"));
  on(window, "load", scan);
  if (document.readyState == "loading") on(document, "DOMContentLoaded", begin);
  else begin();
}

export function stopWatching() {
  endLife();
  observer.disconnect();
}
