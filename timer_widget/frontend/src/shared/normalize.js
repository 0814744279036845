/**
 * Normalizes ids and texts, the same as the server's `normalization.py`: composed characters (NFC), one plain space for
 * any run of white space or control characters, none at the ends, nothing that cannot be seen. Half a surrogate pair is dropped.
 */
const SPACE = /[\p{Z}\p{Cc}]+/gu;
const UNSEEN = /[\p{Cf}\p{Cs}]/gu;
const ZERO_WIDTH = /[\u200b\u2060\ufeff\p{Cs}]/gu; // Joiners stay in texts: emoji and several scripts need them.

const normal = (/** @type {unknown} */ value, /** @type {RegExp} */ unseen) => String(value ?? "").normalize().replace(unseen, "").replace(SPACE, " ").trim();

export const normalizeId = (/** @type {unknown} */ value) => normal(value, UNSEEN);

/**
 * At most `longest` UTF-16 units, and whole characters.
 * @param {unknown} value
 * @param {number} longest
 */
export const normalizeText = (value, longest) => normal(normal(value, ZERO_WIDTH).slice(0, longest), ZERO_WIDTH);
