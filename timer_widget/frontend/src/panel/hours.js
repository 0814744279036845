/**
 * Hours as people write them, in the digits and words of any language that the panel speaks. Pure.
 *
 * `1:30`, `:30`, `1:30:00`, `1.5`, `1,5`, `١٫٥`, `90m`, `90 minutes`, `1h`, `1 hour`, `1 Std. 30 Min.`, `1h30`, `1 hour and 30 min`;
 * and sums of these, as Harvest's own timesheet takes them: `1:30 + 15m`, `2-0.25`.
 */
const HOURS = "(?:h|hr|hrs|hours?|std|stunden?|heures?|horas?|or[ae]|u|uur|uren|ساع[ةه]|ساعات)";
const MINUTES = "(?:m|mn|mins?|minutes?|minuten|minutos?|minut[oi]|minuut|دقيق[ةه]|دقائق)";
const SECONDS = "(?:s|secs?|seconds?|sek|sekunden?|secondes?|segundos?|second[oi]|seconden?|ثاني[ةه]|ثوان[يٍ]?)";
const NUMBER = "(\\d*[.,]?\\d+)";

const shape = (/** @type {string[]} */ ...parts) => new RegExp(`^${parts.join("")}$`);
/** @type {[RegExp, ...number[]][]} */
const TERMS = [
  [shape("(\\d*):([0-5]\\d)(?::([0-5]\\d))?"), 60, 1, 1 / 60],
  [shape(NUMBER, HOURS, "?"), 60],
  [shape(NUMBER, MINUTES), 1],
  [shape(NUMBER, MINUTES, "([0-5]?\\d)", SECONDS), 1, 1 / 60],
  [shape("(\\d+)", HOURS, "([0-5]?\\d)", MINUTES, "?"), 60, 1],
  [shape("(\\d+)", HOURS, "([0-5]?\\d)", MINUTES, "([0-5]?\\d)", SECONDS), 60, 1, 1 / 60],
];
const CONJUNCTION = /(\s)(?:and|und|et|y|e|en)(?=\s)/g;

/** @param {string} term */
function minutesOf(term) {
  for (const [pattern, ...units] of TERMS) {
    const [, ...numbers] = pattern.exec(term) ?? [];
    if (numbers.length) return units.reduce((sum, unit, place) => sum + unit * Number((numbers[place] || "0").replace(",", ".")), 0);
  }
  return NaN;
}

/**
 * Digits of any script stand in tens, from nought on.
 * @param {string} sign
 */
function digit(sign) {
  let nought = /** @type {number} */ (sign.codePointAt(0));
  while (nought > /** @type {number} */ (sign.codePointAt(0)) - 9 && /\p{Nd}/u.test(String.fromCodePoint(nought - 1))) nought--;
  return String(/** @type {number} */ (sign.codePointAt(0)) - nought);
}

/**
 * In ASCII's digits and signs, without spaces, and without the dots of abbreviations.
 * @param {string} text
 */
const plainOf = (text) =>
  text
    .toLowerCase()
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/\p{Nd}/gu, digit)
    .replace(/٫/g, ".")
    .replace(/،/g, ",")
    .replace(/[−–]/g, "-")
    .replace(CONJUNCTION, "$1")
    .replace(/[\s\p{Cf}]/gu, "")
    .replace(/(\p{L})\./gu, "$1")
    .replace(/^\./, "0.");

const MOST = 24 * 60;

/**
 * @param {string} text
 * @returns seconds, above none and up to a day; null for an empty text; NaN for one that is not a time
 */
export function secondsOf(text) {
  const plain = plainOf(text);
  if (!plain) return null;
  const terms = plain.match(/[+-]?[^+-]+/g) ?? [];
  if (terms.join("") != plain) return NaN;
  const minutes = terms.reduce((sum, term) => sum + (term[0] == "-" ? -1 : 1) * minutesOf(term.replace(/^[+-]/, "")), 0);
  return minutes > 0 && minutes <= MOST ? Math.round(minutes * 60) : NaN;
}

/**
 * Decimal hours for Harvest, which keeps hundredths: 5400 -> "1.5".
 * @param {number} seconds
 */
export const decimalHours = (seconds) => String(Math.max(0.01, Math.round(seconds / 36) / 100));
