/** From `begin` to `end`: every listener of ours carries the life's signal, and all that we made is in one place. */
import { ours } from "./make.js";
import button from "./button.css";
import page from "./page.css";

/** Constructed, so that no style-src has a say in it. */
const sheetOf = (/** @type {string} */ css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
};

/** Important declarations of a layer go before those outside, whatever their selectors. */
const layered = `@layer harvest-timer{${button.replace(/:[^;{}]+(?=[;}])/g, "$&!important")}}`;

export const shadowStyle = sheetOf(button + page);
const pageStyle = sheetOf(layered + page);

/** @type {AbortController} */
export let life;

/**
 * @param {EventTarget} target
 * @param {string} type
 * @param {(event: any) => void} act
 * @param {boolean} [capture]
 */
export const on = (target, type, act, capture) => target.addEventListener(type, act, { capture, signal: life.signal });

export function beginLife() {
  life = new AbortController();
  document.adoptedStyleSheets.push(pageStyle);
}

export function endLife() {
  life.abort();
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each != pageStyle);
  ours.remove();
}
