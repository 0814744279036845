/** From `begin` to `end`: every listener of ours carries the life's signal, and all that we made is in one place. */
import { ours } from "./make.js";
import css from "./style.css";

/** Our one stylesheet, for the page and the shadow roots alike: constructed, so no style-src has a say in it. */
export const style = new CSSStyleSheet();
style.replaceSync(css);

export let life;

export const on = (target, type, act, capture) => target.addEventListener(type, act, { capture, signal: life.signal });

export function beginLife() {
  life = new AbortController();
  document.adoptedStyleSheets.push(style);
}

export function endLife() {
  life.abort();
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each != style);
  ours.remove();
}
