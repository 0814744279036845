/** Who is away: this computer, Harvest, or our own server. Pure. */
import { panelWords as words } from "../shared/translations.js";

const BUSY = new Set(["harvest_rate_limited", "too_many_requests"]);
const AWAY = /^(unavailable|offline|harvest_(unavailable|timeout|malformed|outcome_unknown)|pacing_unavailable)$/;

/**
 * True for what passes by itself.
 * @param {{code?: any, status?: any}} problem
 */
export const isTrouble = ({ code, status }) => AWAY.test(code) || BUSY.has(code) || status >= 500;

/**
 * `[title, text]` for people.
 * @param {{code?: any}} problem
 */
export function trouble({ code }) {
  if (code == "offline") return [words.offlineTitle, words.offlineText];
  if (BUSY.has(code)) return [words.busyTitle, words.busyText];
  if (code?.startsWith("harvest_")) return [words.harvestAwayTitle, words.harvestAwayText];
  return [words.awayTitle, words.awayText];
}
