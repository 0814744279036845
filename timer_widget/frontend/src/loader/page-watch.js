/**
 * Keeps the timers right while the page changes: single-page applications, Turbo and Astro visits, late markup, late jQuery.
 * Only changes that can concern a timer cause work.
 */
import { connect, wakeController } from "./controller-frame.js";
import { onMessage } from "./frame-messages.js";
import { adopt, forgetMarked } from "./marked-timer.js";
import { addStyle, removeStyle } from "./style.js";
import { paintAll, timers } from "./timers.js";
import { announceReady, listenForTimers } from "./vendor-events.js";

let listening, hearJQuery;

export function scan() {
  if (!listening) return;
  for (const element of timers) if (!element.isConnected) timers.delete(element);
  for (const element of document.getElementsByClassName("harvest-timer")) adopt(element);
  hearJQuery();
  paintAll();
  if (timers.size) connect();
}

const isElement = (node) => node.nodeType == 1;
const concerns = ({ target, addedNodes, removedNodes, attributeName }) =>
  attributeName ? target.matches(".harvest-timer") : [...addedNodes, ...removedNodes].some(isElement);

const observer = new MutationObserver((records) => records.some(concerns) && scan());
const attributeFilter = ["class", "data-item", "data-group", "data-project"];

const begin = () => {
  scan();
  observer.observe(document, { childList: true, subtree: true, attributeFilter });
  announceReady();
};

const wake = () => {
  paintAll();
  wakeController();
};

export function startWatching() {
  listening = new AbortController();
  const on = (target, type, act, capture) => target.addEventListener(type, act, { capture, signal: listening.signal });
  hearJQuery ??= listenForTimers((element) => scan(adopt(element)), scan);
  addStyle();
  on(window, "message", onMessage);
  on(window, "focus", wake);
  on(window, "online", wake);
  on(document, "visibilitychange", wake);
  on(document, "load", ({ target }) => target.localName == "script" && scan(), true); // Perhaps jQuery came.
  if (document.readyState == "loading") on(document, "DOMContentLoaded", begin);
  else begin();
}

export function stopWatching() {
  listening.abort();
  listening = null;
  observer.disconnect();
  forgetMarked();
  removeStyle();
}
