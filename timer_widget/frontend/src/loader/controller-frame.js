/**
 * The hidden frame that holds the session and talks to the server, and the private channel to it.
 *
 * Opening: the frame's address carries a nonce in its fragment; the frame says it to this page's exact origin; we answer with
 * one end of a channel, to its exact origin. A frame that stays silent counts as a server that is away, and is tried again.
 */
import { CONTROLLER_HELLO, CONTROLLER_NAME, CONTROLLER_READY, isFrom } from "../shared/host-messages.js";
import { portCalls } from "../shared/port-calls.js";
import { keptClicks } from "./kept-clicks.js";
import { locks, unlockAll } from "./locks.js";
import { make } from "./make.js";
import { base, origin } from "./home.js";
import { askForToken } from "./settings.js";
import { happened, newItems, show } from "./timers.js";

const SILENCE_MS = 4500;
const AGAIN_MS = 10_000;

let /** @type {HTMLIFrameElement?} */ frame, /** @type {Timer.Call?} */ call, /** @type {string} */ nonce, /** @type {any} */ timer;

export function closeController() {
  clearTimeout(timer);
  frame?.remove();
  unlockAll();
  frame = call = timer = null;
}

function openController() {
  closeController();
  nonce = crypto.getRandomValues(new Uint32Array(4)) + "";
  frame = make("iframe", {
    name: CONTROLLER_NAME,
    hidden: true,
    src: `${base}/platform/controller?origin=${location.origin}#${nonce}`,
  });
  timer = setTimeout(() => {
    show({ status: "unavailable", message: "The timer service cannot be reached here." });
    timer = setTimeout(openController, AGAIN_MS);
  }, SILENCE_MS);
}

/** Opens the frame, if the page has none, but not before the page has loaded: its load event never waits for us. */
export function connect() {
  const isThere = frame ? frame.isConnected : timer;
  if (document.readyState == "complete" && !isThere) timer = setTimeout(openController);
}

/** @param {MessageEvent} event */
export function onControllerReady(event) {
  const source = /** @type {Window} */ (frame?.contentWindow);
  if (!isFrom(event, CONTROLLER_READY, origin, source) || event.data.nonce != nonce) return;
  clearTimeout(timer);
  const { port1, port2 } = new MessageChannel();
  call = portCalls(port1, { __proto__: /** @type {any} */ (null), token: askForToken, state: hear, event: happened, ...keptClicks, ...locks });
  source.postMessage({ type: CONTROLLER_HELLO, nonce }, origin, [port2]);
}

/** The controller looks up what is tracked on the page's items, all at once; those that it knows already cost it nothing. */
export function tellItems() {
  const items = call && newItems();
  if (items) /** @type {Timer.Call} */ (call)("items", items);
}

/**
 * What the controller says is shown, and what is new on the page is told to it.
 * @param {Timer.PageState} state
 */
function hear(state) {
  show(state);
  tellItems();
}

/**
 * Asks the controller. Before there is one, the answer is an error that people understand, and a new try begins.
 * @param {string} name
 * @param {unknown} [value]
 */
export async function callController(name, value) {
  if (call) return call(name, value);
  if (frame) openController();
  if (value) throw { code: "unavailable", message: "Timer unavailable" };
}
