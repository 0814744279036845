/**
 * Where our script came from: never a constant, because everyone hosts their own.
 *
 * `document.currentScript` is set for every classic script, injected and async ones included. It is missing when a host
 * evaluates our text itself; then the address of a script element tells.
 */
const script = /** @type {HTMLScriptElement} */ (document.currentScript ?? document.querySelector("[src*='/platform.js']"));

export const base = script.src.replace(/\/assets\/.*/, "");
export const origin = new URL(base).origin;
/** The address of another file of the same version. */
export const beside = (/** @type {string} */ name) => new URL(name, script.src);
export const { tokenUrl } = script.dataset;
