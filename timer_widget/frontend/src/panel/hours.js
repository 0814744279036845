/**
 * Hours as people write them. Pure.
 *
 * `1:30`, `:30`, `1.5`, `1,5`, `90m`, `90 min`, `1h`, `1h30`, `1h 30m`, `1.5h`; and sums of these, as Harvest's own timesheet
 * takes them: `1:30 + 15m`, `2-0.25`.
 */
const TERM = [
  [/^(\d*):([0-5]\d)$/, ([, hours, minutes]) => Number(hours || 0) * 60 + Number(minutes)],
  [/^(\d*[.,]?\d+)$/, ([, hours]) => decimal(hours) * 60],
  [/^(\d*[.,]?\d+)(?:h|hr|hrs|std)$/, ([, hours]) => decimal(hours) * 60],
  [/^(\d+)(?:m|min|mins)$/, ([, minutes]) => Number(minutes)],
  [/^(\d+)h([0-5]?\d)(?:m|min)?$/, ([, hours, minutes]) => Number(hours) * 60 + Number(minutes)],
];

const decimal = (text) => Number(text.replace(",", "."));

function minutesOf(term) {
  for (const [shape, read] of TERM) {
    const found = shape.exec(term);
    if (found) return read(found);
  }
  return NaN;
}

const MOST = 24 * 60;

/** @returns seconds, above none and up to a day; null for an empty text; NaN for one that is not a time */
export function secondsOf(text) {
  const plain = text.toLowerCase().replace(/[\s\u00a0]/g, "").replace(/^\./, "0.");
  if (!plain) return null;
  const terms = plain.match(/[+-]?[^+-]+/g) ?? [];
  if (terms.join("") != plain) return NaN;
  const minutes = terms.reduce((sum, term) => sum + (term[0] == "-" ? -1 : 1) * minutesOf(term.replace(/^[+-]/, "")), 0);
  return minutes > 0 && minutes <= MOST ? Math.round(minutes * 60) : NaN;
}

/** Decimal hours for Harvest, which keeps hundredths: 5400 -> "1.5". */
export const decimalHours = (seconds) => String(Math.max(0.01, Math.round(seconds / 36) / 100));
