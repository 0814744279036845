/** Headers and fixed words of a plot's table in the person's language; the server has them in English alone. */
import { language, say } from "../frame/translations.js";

/** @type {Record<string, string[]>} */
const HEADERS = {
  margins: ["client", "currency", "revenue", "labour_cost", "expenses", "margin", "uninvoiced"],
  budgets: ["project", "budget", "spent", "left", "a_week", "runs_out"],
};
/** @type {Record<string, string>} */
const FIXED = { unknown: "unknown", "used up": "used_up", "never at this pace": "never" };

const short = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: "UTC" });

/** A day without its year, as there is little room. @param {string} text */
export const shortDay = (text) => short.format(new Date(`${text}T00:00:00Z`));

/** @param {Insights.Plot} plot */
export const headersOf = (plot) =>
  HEADERS[plot.name]?.map((name) => say(name)) ?? [say("person"), ...plot.days.map(shortDay)];

/** @param {Insights.Plot} plot @param {string} text @param {number} column */
export const wordIn = (plot, text, column) => {
  if (column == 0) return plot.name == "margins" && text == "No client" ? say("no_client") : text;
  return FIXED[text] ? say(FIXED[text]) : text;
};
