/** Amounts, days and moments as people of the language write them. Amounts are decimal text and stay exact. */
import { language } from "./translations.js";

/** @param {string | null | undefined} text @param {string} currency */
export function money(text, currency) {
  if (text == null || text === "") return "";
  const digits = decimalsOf(text);
  try {
    return new Intl.NumberFormat(language, {
      style: "currency",
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(/** @type {any} */ (text));
  } catch {
    return `${number(text)} ${currency}`.trim(); // no currency that the browser knows of
  }
}

/** @param {string | null | undefined} text */
export const number = (text) =>
  text == null || text === "" ? "" : new Intl.NumberFormat(language, { maximumFractionDigits: 6 }).format(/** @type {any} */ (text));

/** @param {string | null | undefined} text such as 2026-11-29 */
export const day = (text) => (text ? new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(`${text}T00:00:00Z`)) : "");

/** @param {string | null | undefined} text a moment with its zone */
export const moment = (text) => (text ? new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(text)) : "");

const decimalsOf = (/** @type {string} */ text) => text.split(".")[1]?.length ?? 0;
