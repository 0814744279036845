/**
 * Keeps the timers right while the page changes: single-page applications, Turbo and Astro visits, late markup, late jQuery.
 * Work follows the size of the change alone: what was added, removed or rewritten is looked at, and nothing else.
 */
import { callController, connect, tellItems } from "./controller-frame.js";
import { emit } from "./emit.js";
import { onMessage } from "./frame-messages.js";
import { isOfAnotherTab } from "./kept-clicks.js";
import { beginLife, endLife, life, on } from "./lifetime.js";
import { ours } from "./make.js";
import { adopt } from "./marked-timer.js";
import { forget, hearJumps, paint, paintAll, timers, waiting } from "./timers.js";
import { hearJQuery, hearNative, named } from "./vendor-events.js";

const TAG = "harvest-timer";
const TIMER = "." + TAG;
const AT_MOST = 300; // timers mended before a rest
const REST_MS = 100;

const left = new WeakMap(); // timer -> its class as we left it
let mends = 0; // since the last rest

/** @param {HTMLElement} element */
function meet(element) {
  if (element.isConnected) adopt(element);
  paint(element);
  left.set(element, element.className);
}

/**
 * The timers among an element and all that is in it.
 * @param {any} node
 */
function look(node) {
  if (node.nodeType != 1) return;
  if (node.matches(TIMER)) meet(node);
  if (node.firstElementChild) node.querySelectorAll(TIMER).forEach(meet);
}

/**
 * A page that undoes our work each time would keep us both busy for ever: after so many we rest, and then look at everything.
 * @param {HTMLElement} element
 */
function mend(element) {
  if (!mends++)
    setTimeout(() => {
      if (mends > AT_MOST) scan();
      mends = 0;
    }, REST_MS);
  if (mends <= AT_MOST) meet(element);
}

/**
 * Something of an element was rewritten: it may have become a timer, be one still, or be one no more.
 * @param {HTMLElement} element
 * @param {string} what
 */
function rewritten(element, what) {
  const isMarked = element.matches(TIMER);
  if (!isMarked && (!timers.has(element) || element.localName == TAG)) return;
  if (!isMarked && !element.dataset.item) forget(element);
  else if (what != "class" || left.get(element) != element.className) mend(element);
}

const observer = new MutationObserver((/** @type {any[]} */ records) => {
  for (const { target, attributeName, addedNodes, removedNodes } of records) {
    addedNodes.forEach(look);
    removedNodes.forEach(look);
    if (attributeName) rewritten(target, attributeName);
    else if (timers.has(target)) mend(target);
    if (timers.has(target.parentNode)) mend(target.parentNode); // The children bear `running` too.
  }
  settle();
});
const attributeFilter = ["class", "data-item", "data-group", "data-project", "data-listening"];

function settle() {
  if (!ours.isConnected) document.documentElement.append(ours);
  hearJQuery(onAdd, scan);
  if (timers.size || waiting.length) connect();
  tellItems();
}

/**
 * A page told of a timer; one that names none means all.
 * @param {Event} event
 */
function onAdd(event) {
  const element = named(event);
  if (element?.nodeType != 1) return scan();
  adopt(element); // It may not be in the page yet.
  meet(element);
  settle();
}

export function scan() {
  if (life.signal.aborted) return;
  look(document.documentElement);
  paintAll();
  settle();
}

const begin = () => {
  scan();
  observer.observe(document, { childList: true, subtree: true, attributeFilter });
  emit(document.body, "harvest-event:ready", {});
};

export function startWatching() {
  beginLife();
  hearNative(onAdd, scan);
  on(window, "message", onMessage);
  on(window, "focus", () => callController("wake"));
  on(window, "storage", (event) => isOfAnotherTab(event) && callController("adopt"));
  hearJumps(() => callController("wake"));
  on(window, "load", scan);
  if (document.readyState == "loading") on(document, "DOMContentLoaded", begin);
  else begin();
}

export function stopWatching() {
  endLife();
  observer.disconnect();
}
