/**
 * Finds the controller frame beside this one and opens a channel to it. The message is addressed to our own origin, so no
 * other frame of that name can receive it. The controller may still be loading, so the connection is tried until it answers.
 *
 * A frame on a page without our script finds none and runs a controller of its own. If the page's script comes later, its
 * controller replaces that one, because it may know who is signed in to the page.
 */
import { CONTROLLER_NAME, PANEL_HELLO } from "../shared/host-messages.js";
import { portCalls } from "../shared/port-calls.js";
import { ownController } from "./own-controller.js";

const RETRY_MS = 300;
const ALONE_AFTER_MS = 1500;
const GIVE_UP_MS = 30_000;

/**
 * @param {(snapshot: any) => void} onState called with each snapshot that the controller pushes
 * @param {string} origin of the embedding page
 * @returns {Promise<Timer.Call>} promise of `call(name, value)`
 */
export function connectController(onState, origin) {
  return new Promise((resolve) => {
    const began = Date.now();
    /** @type {any} */
    let current; // `call` of the controller beside us, or of our own
    const use = (/** @type {Timer.Call} */ call) => {
      current?.end?.();
      current = call;
      resolve((name, value) => current(name, value));
    };
    const tryToConnect = () => {
      const waited = Date.now() - began;
      const beside = frameBeside(CONTROLLER_NAME);
      const again = waited < GIVE_UP_MS && setTimeout(tryToConnect, RETRY_MS);
      if (!beside && !current && waited >= ALONE_AFTER_MS) use(ownController(onState, origin));
      if (!beside) return;
      const { port1, port2 } = new MessageChannel();
      const call = portCalls(port1, { __proto__: /** @type {any} */ (null), state: onState });
      beside.postMessage({ type: PANEL_HELLO }, location.origin, [port2]);
      call("snapshot").then((snapshot) => {
        clearTimeout(/** @type {any} */ (again));
        const wasAlone = current;
        use(call);
        if (wasAlone) onState(snapshot);
      });
    };
    tryToConnect();
  });
}

/**
 * A sibling frame by name. A parent of another site answers a name that it does not have with an exception.
 * @param {string} name
 * @returns {Window | null}
 */
function frameBeside(name) {
  try {
    return window.parent == window ? null : /** @type {any} */ (window.parent.frames)[name];
  } catch {
    return null;
  }
}
