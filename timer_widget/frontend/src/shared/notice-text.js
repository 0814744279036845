/** What is said of a click that came to something unexpected, in the person's language; nothing of what was wanted anyway. */
import { fill, noticeWords } from "./translations.js";

/**
 * @param {{code: string}} notice
 * @param {string | null} [name] of the timer
 */
export const noticeText = ({ code }, name) => {
  const text = code != "timer" && /** @type {Record<string, string | undefined>} */ (noticeWords)[code];
  return text ? fill(text, { name: name || noticeWords.timer }) : "";
};
