/**
 * Finds the controller frame beside this one and opens a channel to it. The message is addressed to our own origin, so no
 * other frame that bears the name can receive it. The controller may still be loading: we knock until it opens.
 *
 * A frame on a page without our script finds none, and becomes its own. Should the page's script come later after all, it
 * takes over: it may know who is signed in to the page.
 */
import { CONTROLLER_NAME, PANEL_HELLO } from "../shared/host-messages.js";
import { portCalls } from "../shared/port-calls.js";
import { ownController } from "./own-controller.js";

const KNOCK_MS = 300;
const ALONE_AFTER_MS = 1500;
const GIVE_UP_MS = 30_000;

/**
 * @param {(snapshot: any) => void} onState called with each snapshot that the controller pushes
 * @param {string} origin of the embedding page
 * @returns {Promise<Timer.Call>} promise of `call(name, value)`
 */
export function openDoor(onState, origin) {
  return new Promise((resolve) => {
    const began = Date.now();
    /** @type {any} */
    let behind; // what stands behind the door: `call` of the controller beside us, or of our own
    const open = (/** @type {Timer.Call} */ call) => {
      behind?.end?.();
      behind = call;
      resolve((name, value) => behind(name, value));
    };
    const knock = () => {
      const waited = Date.now() - began;
      const beside = frameBeside(CONTROLLER_NAME);
      const again = waited < GIVE_UP_MS && setTimeout(knock, KNOCK_MS);
      if (!beside && !behind && waited >= ALONE_AFTER_MS) open(ownController(onState, origin));
      if (!beside) return;
      const { port1, port2 } = new MessageChannel();
      const call = portCalls(port1, { __proto__: /** @type {any} */ (null), state: onState });
      beside.postMessage({ type: PANEL_HELLO }, location.origin, [port2]);
      call("snapshot").then((snapshot) => {
        clearTimeout(/** @type {any} */ (again));
        const wasAlone = behind;
        open(call);
        if (wasAlone) onState(snapshot);
      });
    };
    knock();
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
