/** What went wrong, in the person's language where we know the case, else in the server's words. Pure. */
import { failureWords as words, fill } from "../shared/words.js";

const KNOWN = {
  unavailable: words.unavailable,
  offline: words.offline,
  harvest_unavailable: words.harvest,
  harvest_timeout: words.harvest,
  harvest_malformed: words.harvest,
  harvest_outcome_unknown: words.harvest,
  harvest_rate_limited: words.busy,
  too_many_requests: words.busy,
  entry_locked: words.locked,
  harvest_forbidden: words.forbidden,
};

export const failureText = ({ code, message, retry_after }) =>
  code in KNOWN ? fill(KNOWN[code], { seconds: Math.ceil(retry_after ?? 15) }) : message;
