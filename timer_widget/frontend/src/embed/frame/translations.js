/** The texts of the person's language, as the server put them on the page. */
const page = document.getElementById("words");

/** @type {Record<string, string>} */
export const words = JSON.parse(page?.textContent ?? "{}");

export const language = document.documentElement.lang;

/**
 * @param {string} name
 * @param {Record<string, unknown>} [values]
 */
export const say = (name, values = {}) => (words[name] ?? "").replace(/\{(\w+)\}/g, (open, key) => String(values[key] ?? open));
