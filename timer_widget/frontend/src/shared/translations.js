/** The texts of this build's language (`english.js`, or one of `../locales/` in its place), and how values get into them. */
export { buttonWords, failureWords, noticeWords, panelWords, spokenWords, totalWords } from "./english.js";

/**
 * @param {string} text
 * @param {Record<string, unknown>} values
 * @returns `text` with each `{name}` replaced from `values`
 */
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (open, name) => /** @type {string} */ (values[name] ?? open));

/** The texts that a button shows before the controller has spoken, in no language that we know yet. */
export const START = "Start timer";
export const UNAVAILABLE = "Timer unavailable";
