/** Keeps one element at the running time, waking once a second and only while someone can see it. */
import { clockText, elapsedSeconds, untilNextSecond } from "../shared/elapsed.js";
import { write } from "./dom.js";

/**
 * @param {HTMLElement} element
 * @param {() => void} [onTick] called each time that it is written
 */
export function ticker(element, onTick) {
  /** @type {number | null} */
  let since = null;
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  const tick = () => {
    clearTimeout(timer);
    if (since == null) return;
    write(element, clockText(elapsedSeconds(since, Date.now())));
    onTick?.();
    if (element.isConnected && !document.hidden) timer = setTimeout(tick, untilNextSecond(since, Date.now()));
  };
  return {
    element,
    follow(/** @type {number | null} */ from) {
      since = from;
      tick();
    },
  };
}
