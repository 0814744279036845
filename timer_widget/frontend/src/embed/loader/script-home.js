/** Where our script came from: never a constant, because everyone hosts their own. */
const script = /** @type {HTMLScriptElement} */ (document.currentScript ?? document.querySelector("[src*='/embed.js']"));

export const base = script.src.replace(/\/assets\/.*/, "");
export const origin = new URL(base).origin;
