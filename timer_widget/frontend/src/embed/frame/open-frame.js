/**
 * What every embedded frame does first: it puts on the page's theme, opens one channel to the page around it, whose origin the server
 * has already checked against the host's list, and tells it how high it is.
 */
import { CONTROLLER_HELLO, CONTROLLER_READY, isFrom } from "../../shared/host-messages.js";
import { portCalls } from "../../shared/port-calls.js";
import { wear } from "../../panel/theme.js";
import { sizing } from "../../panel/sizing.js";

const query = new URLSearchParams(location.search);

/**
 * @param {(host: Timer.Call) => Timer.Answers} begin called once with what the page answers; gives what it may ask of us
 */
export function openFrame(begin) {
  const origin = /** @type {string} */ (query.get("origin"));
  const nonce = location.hash.slice(1);
  wear({
    accent: /^#[0-9a-f]{6}$/i.exec(query.get("accent") ?? "")?.[0] ?? null,
    theme: ["light", "dark"].find((theme) => theme == query.get("theme")) ?? null,
  });
  let isOpen = false;
  window.addEventListener("message", (event) => {
    const [port] = event.ports;
    if (isOpen || !port || !isFrom(event, CONTROLLER_HELLO, origin, window.parent) || event.data.nonce != nonce) return;
    isOpen = true;
    const answers = Object.create(null);
    const host = portCalls(port, answers);
    Object.assign(answers, begin(host));
    sizing(document.body, (height) => void host("resize", height));
  });
  window.parent.postMessage({ type: CONTROLLER_READY, nonce }, origin);
}

/** The frame's own parameters. */
export const parameter = (/** @type {string} */ name) => query.get(name);
