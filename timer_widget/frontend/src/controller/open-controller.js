/**
 * What a controller frame does, over an API that is given. It opens one channel to the page that embeds it, whose origin the server has already checked
 * against the host's list, and one to each panel frame of our own origin beside it.
 */
import {
  CONTROLLER_HELLO,
  CONTROLLER_READY,
  PANEL_HELLO,
  isFrom,
} from "../shared/host-messages.js";
import { portCalls } from "../shared/port-calls.js";
import { createController } from "./controller.js";
import { forHost } from "./for-host.js";
import { forPanel } from "./for-panel.js";

const origin = new URLSearchParams(location.search).get("origin");
/** @type {Timer.Api} */
let api;
const nonce = location.hash.slice(1);
/** @type {ReturnType<typeof createController>} */
let controller;

const begin = (/** @type {MessagePort} */ port) => {
  const answers = Object.create(null);
  const call = portCalls(port, answers);
  const tell = (/** @type {string} */ name) => (/** @type {any} */ value) => void call(name, value);
  controller = createController({
    api,
    host: {
      token: () => call("token"),
      state: tell("state"),
      event: tell("event"),
      nextKey: () => call("nextKey"),
      keep: (click) => void call("keep", click),
      forget: (key) => void call("forget", key),
      unused: (key) => void call("unused", key),
      kept: () => call("kept"),
      lock: (name) => call("lock", name),
      unlock: (name) => void call("unlock", name),
      post: (message) => window.parent.postMessage(message, /** @type {string} */ (origin)),
    },
    origin,
    isVisible: () => document.visibilityState == "visible",
  });
  Object.assign(answers, forHost(controller));
  controller.refresh();
};

const addPanel = (/** @type {MessagePort} */ port) => {
  const call = portCalls(port, { __proto__: /** @type {any} */ (null), ...forPanel(controller) });
  controller.addPanel({ state: (snapshot) => void call("state", snapshot) });
};

const onMessage = (/** @type {MessageEvent} */ event) => {
  const [port] = event.ports;
  const isHello = isFrom(event, CONTROLLER_HELLO, origin, window.parent);
  if (port && isHello && event.data.nonce == nonce && !controller) begin(port);
  const isSibling = event.source != window.parent && /** @type {Window?} */ (event.source)?.parent == window.parent;
  if (port && isSibling && controller && isFrom(event, PANEL_HELLO, location.origin, event.source))
    addPanel(port);
};

/** @param {Timer.Api} given what answers the controller's calls, see timer-api.js */
export function openController(given) {
  api = given;
  window.addEventListener("message", onMessage);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState == "hidden") controller?.lastSeen();
    controller?.look();
  });
  window.addEventListener("online", () => controller?.wake());
  window.parent.postMessage({ type: CONTROLLER_READY, nonce }, /** @type {string} */ (origin));
}
