/**
 * A controller inside the panel, for a frame that a page embeds without our script. Nobody gives it tokens: people sign in
 * by popup.
 */
import { createController } from "../controller/controller.js";
import { randomKey } from "../controller/random-key.js";
import { forPanel } from "../controller/for-panel.js";
import { timerApi } from "../controller/timer-api.js";
import { tracedFetch } from "../controller/traced-fetch.js";

/**
 * @param {(snapshot: Timer.Snapshot) => void} onState
 * @param {string} origin
 * @returns `call(name, value)` as over a channel; `call.end()` stops it
 */
export function ownController(onState, origin) {
  let isEnded = false;
  const controller = createController({
    api: timerApi({ base: new URL("../timer", location.href).href, fetch: tracedFetch(window.fetch.bind(window)) }),
    host: { token: async () => null, state() {}, event() {}, post() {}, nextKey: randomKey, keep() {}, forget() {}, unused() {}, kept: () => [], lock: async () => {}, unlock() {} },
    origin,
    isVisible: () => !isEnded && document.visibilityState == "visible",
  });
  const answers = forPanel(controller);
  controller.addPanel({ state: (snapshot) => isEnded || onState(snapshot) });
  document.addEventListener("visibilitychange", () => controller.look());
  controller.refresh();
  const call = async (/** @type {string} */ name, /** @type {any=} */ value) => answers[name](value);
  call.end = () => {
    isEnded = true;
    controller.look();
  };
  return call;
}
