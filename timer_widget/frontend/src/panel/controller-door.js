/**
 * Finds the controller frame beside this one and opens a channel to it. The message is addressed to our own origin, so no
 * other frame that bears the name can receive it. The controller may still be loading: we knock until it opens.
 */
import { CONTROLLER_NAME, PANEL_HELLO } from "../shared/host-messages.js";
import { portCalls } from "../shared/port-calls.js";

const KNOCK_MS = 300;

/**
 * @param onState called with each snapshot that the controller pushes
 * @returns promise of `call(name, value)`; null after `patience` ms without an answer
 */
export function openDoor(onState, patience) {
  return new Promise((resolve) => {
    const until = Date.now() + patience;
    const knock = () => {
      if (Date.now() > until) return resolve(null);
      const again = setTimeout(knock, KNOCK_MS);
      const beside = frameBeside(CONTROLLER_NAME);
      if (!beside) return;
      const { port1, port2 } = new MessageChannel();
      const call = portCalls(port1, { __proto__: null, state: onState });
      beside.postMessage({ type: PANEL_HELLO }, location.origin, [port2]);
      call("snapshot").then(() => (clearTimeout(again), resolve(call)));
    };
    knock();
  });
}

/** A sibling frame by name. A parent of another site answers a name that it does not have with an exception. */
function frameBeside(name) {
  try {
    return window.parent == window ? null : window.parent.frames[name];
  } catch {
    return null;
  }
}
