/**
 * The hidden frame that holds the session and talks to the server, and the private channel to it.
 *
 * Opening: the frame's address carries a nonce in its fragment; the frame says it to this page's exact origin; we answer with
 * one end of a channel, to its exact origin. A frame that stays silent counts as a server that is away, and is tried again.
 */
import { CONTROLLER_HELLO, CONTROLLER_NAME, CONTROLLER_READY, PROTOCOL, isFrom } from "../shared/host-messages.js";
import { portCalls } from "../shared/port-calls.js";
import { make } from "./make.js";
import { base, origin } from "./home.js";
import { askForToken } from "./settings.js";
import { happened, show, state } from "./timers.js";

const SILENCE_MS = 4500;
const AGAIN_MS = 10_000;

let frame, call, nonce, timer;

export const isController = (source) => frame && source == frame.contentWindow;

export function closeController() {
  clearTimeout(timer);
  frame?.remove();
  frame = call = null;
}

function openController() {
  closeController();
  nonce = crypto.getRandomValues(new Uint32Array(4)).join("");
  frame = make("iframe", {
    name: CONTROLLER_NAME,
    title: "Harvest timer",
    hidden: true,
    ariaHidden: true,
    src: `${base}/platform/controller?origin=${encodeURIComponent(location.origin)}#${nonce}`,
  });
  timer = setTimeout(() => {
    show({ ...state, status: "unavailable" });
    timer = setTimeout(openController, AGAIN_MS);
  }, SILENCE_MS);
}

/** Opens the frame, if the page has none, once the page has loaded and rests: its load event never waits for us. */
export function connect() {
  if (frame ? frame.isConnected : timer) return;
  const rest = () => (window.requestIdleCallback ?? setTimeout)(openController, { timeout: 1000 });
  timer = -1;
  if (document.readyState == "complete") rest();
  else addEventListener("load", rest, { once: true });
}

export function onControllerReady(event) {
  const source = frame?.contentWindow;
  if (call || !isFrom(event, CONTROLLER_READY, origin, source) || event.data.nonce != nonce) return;
  clearTimeout(timer);
  const { port1, port2 } = new MessageChannel();
  call = portCalls(port1, { token: askForToken, state: show, event: happened });
  source.postMessage({ type: CONTROLLER_HELLO, version: PROTOCOL, nonce }, origin, [port2]);
}

/** Asks the controller; without one the answer is at once an error that a person can act on. */
export const callController = async (name, value) => {
  if (call) return call(name, value);
  throw { code: "unavailable", message: "The timer is not connected yet." };
};

/** Something hints that the world changed: look again, or try to reach the server at once. */
export const wakeController = () => {
  if (call) call("wake");
  else if (frame) openController();
};
