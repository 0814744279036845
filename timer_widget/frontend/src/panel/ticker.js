/** Keeps one element at the running time, waking once a second and only while someone can see it. */
import { clockText, elapsedSeconds, untilNextSecond } from "../shared/elapsed.js";
import { write } from "./dom.js";

/** @param onTick called each time that it is written */
export function ticker(element, onTick) {
  let since = null;
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
    follow(from) {
      since = from;
      tick();
    },
  };
}
