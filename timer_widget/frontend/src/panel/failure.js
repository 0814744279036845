/** What went wrong, in the person's language where we know the case, else in the server's words. Pure. */
import { failureWords as words, fill } from "../shared/translations.js";

/** @type {Record<string, string>} */
const KNOWN = {
  unavailable: words.unavailable,
  offline: words.offline,
  harvest_unavailable: words.harvest,
  harvest_timeout: words.harvest,
  harvest_malformed: words.harvest,
  harvest_outcome_unknown: words.harvest,
  harvest_rate_limited: words.busy,
  too_many_requests: words.busy,
};
/** Here the server's own sentence says why, and so goes along. @type {Record<string, string>} */
const WITH_REASON = { entry_locked: words.locked, harvest_forbidden: words.forbidden };

/** @param {Timer.Failure} problem */
export function failureText({ code, message, retry_after }) {
  if (code in WITH_REASON) return `${WITH_REASON[code]} (${message})`;
  return code in KNOWN ? fill(KNOWN[code], { seconds: Math.ceil(retry_after ?? 15) }) : message;
}
