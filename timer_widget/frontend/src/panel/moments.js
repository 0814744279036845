/**
 * Dates and times of day in the person's own words, on the clock of a zone: that of their Harvest profile, whatever this
 * computer's is. Everything takes what it shows; nothing reads a clock. Without a zone, this computer's counts.
 */
const language = () => document.documentElement.lang || undefined;

/** @type {Record<string, "h12" | "h23">} */
const CYCLES = { "12h": "h12", "24h": "h23" };
/** @type {"h12" | "h23" | undefined} */
let hourCycle;

/**
 * From now on times of day are those of the Harvest account's clock, "12h" or "24h"; of the language's where that is not known.
 * @param {string | null} [clock]
 */
export const useClock = (clock) => (hourCycle = CYCLES[clock ?? ""]);

/**
 * "10:05" or "10:05 AM", of a moment in ms.
 * @param {number} moment
 * @param {string} [timeZone]
 */
export const timeOfDay = (moment, timeZone) =>
  new Intl.DateTimeFormat(language(), { hour: "numeric", minute: "2-digit", timeZone, hourCycle }).format(moment);

/** @type {Intl.DateTimeFormatOptions} */
const DAY_NAME = { day: "numeric", month: "short", timeZone: "UTC" };

/**
 * "Mon, Nov 23", of an ISO date; with its year "Nov 23, 2026".
 * @param {string} date
 * @param {boolean} [hasYear]
 */
export const dayName = (date, hasYear) =>
  new Intl.DateTimeFormat(language(), { ...DAY_NAME, ...(hasYear ? { year: "numeric" } : { weekday: "short" }) }).format(Date.parse(date));

/** @type {Intl.DateTimeFormatOptions} */
const WALL = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

/**
 * What a clock in the zone shows: `["2026-11-24", "09:05"]`.
 * @param {number} moment
 * @param {string} [timeZone]
 */
function wall(moment, timeZone) {
  const said = new Intl.DateTimeFormat("en", { ...WALL, timeZone, calendar: "gregory", numberingSystem: "latn" }).formatToParts(moment);
  const { year, month, day, hour, minute } = Object.fromEntries(said.map(({ type, value }) => [type, value]));
  return [`${year}-${month}-${day}`, `${hour}:${minute}`];
}

/**
 * What a time field holds: "09:05".
 * @param {number} moment
 * @param {string} [timeZone]
 */
export const clockValue = (moment, timeZone) => wall(moment, timeZone)[1];

/**
 * What a date field holds on the zone's own day: "2026-11-24".
 * @param {number} moment
 * @param {string} [timeZone]
 */
export const localDate = (moment, timeZone) => wall(moment, timeZone)[0];

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/**
 * How far the zone's clock is ahead of UTC, in ms.
 * @param {number} moment
 * @param {string} [timeZone]
 */
const aheadAt = (moment, timeZone) => Date.parse(`${wall(moment, timeZone).join("T")}Z`) - Math.floor(moment / MINUTE) * MINUTE;

/**
 * The last moment before `now` at which a clock in the zone showed `value`; of an hour that comes twice, the second.
 * @param {string} value
 * @param {number} now
 * @param {string} [timeZone]
 */
export function lastMomentAt(value, now, timeZone) {
  for (const ago of [0, 1, 2]) {
    const [date] = wall(now - ago * DAY, timeZone);
    const shown = Date.parse(`${date}T${value}Z`);
    const tried = [now, now - DAY, now - 2 * DAY].map((moment) => shown - aheadAt(moment, timeZone));
    const right = tried.filter((moment) => moment <= now && clockValue(moment, timeZone) == value);
    if (right.length) return Math.max(...right);
  }
  return now;
}

/**
 * What a field for day and time holds: "2026-11-24T09:05".
 * @param {number} moment
 * @param {string} [timeZone]
 */
export const wallTime = (moment, timeZone) => wall(moment, timeZone).join("T");

/**
 * The moment at which a clock in the zone shows that; of an hour that comes twice, the second.
 * @param {string} value
 * @param {string} [timeZone]
 */
export function momentAt(value, timeZone) {
  const shown = Date.parse(`${value}Z`);
  const tried = [-DAY, 0, DAY].map((off) => shown - aheadAt(shown + off, timeZone));
  const right = tried.filter((moment) => wallTime(moment, timeZone) == value);
  return Math.max(...(right.length ? right : tried));
}

/**
 * The zone if this browser knows it, else nothing.
 * @param {string} timeZone
 */
export function knownZone(timeZone) {
  try {
    return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone && timeZone;
  } catch {
    return undefined;
  }
}

/**
 * The zone's name in the person's words where its clocks differ from this computer's at `now`, else nothing.
 * @param {string | undefined} timeZone
 * @param {number} now
 */
export function foreignZone(timeZone, now) {
  if (!timeZone || aheadAt(now, timeZone) == aheadAt(now)) return "";
  const said = new Intl.DateTimeFormat(language(), { timeZone, timeZoneName: "longGeneric" }).formatToParts(now);
  return /** @type {Intl.DateTimeFormatPart} */ (said.find(({ type }) => type == "timeZoneName")).value;
}
