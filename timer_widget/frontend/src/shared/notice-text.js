/** What is said of a stop that came to something unexpected, in the person's language; nothing of what was wanted anyway. */
import { noticeWords } from "./words.js";

/** @param {{code: string}} notice */
export const noticeText = ({ code }) => /** @type {Record<string, string | undefined>} */ (noticeWords)[code] ?? "";
