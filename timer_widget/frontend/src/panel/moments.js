/** Dates and times of day in the person's own words. Everything takes what it shows; nothing reads a clock. */
const language = () => document.documentElement.lang || undefined;

/** "10:05" or "10:05 AM", of a moment in ms. */
export const timeOfDay = (moment) =>
  new Intl.DateTimeFormat(language(), { hour: "numeric", minute: "2-digit" }).format(moment);

/** "Mon, Nov 23", of an ISO date. */
export const dayName = (date) =>
  new Intl.DateTimeFormat(language(), { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" }).format(
    Date.parse(date),
  );

const two = (number) => String(number).padStart(2, "0");

/** What a time field holds: "09:05". */
export const clockValue = (moment) => `${two(new Date(moment).getHours())}:${two(new Date(moment).getMinutes())}`;

/** What a date field holds on this computer's own day: "2026-11-24". */
export const localDate = (moment) => {
  const day = new Date(moment);
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
};

/** The last moment before `now` at which a clock here showed `value`. */
export function lastMomentAt(value, now) {
  const [hours, minutes] = value.split(":").map(Number);
  const moment = new Date(now);
  moment.setHours(hours, minutes, 0, 0);
  if (moment.getTime() > now) moment.setDate(moment.getDate() - 1);
  return moment.getTime();
}
