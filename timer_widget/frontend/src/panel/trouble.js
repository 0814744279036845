/** Who is away: this computer, Harvest, or our own server. Pure. `[title, text]` for people. */
import { panelWords as words } from "../shared/words.js";

export function trouble({ code }) {
  if (code == "offline") return [words.offlineTitle, words.offlineText];
  if (code == "harvest_rate_limited" || code == "too_many_requests") return [words.busyTitle, words.busyText];
  if (code?.startsWith("harvest_")) return [words.harvestAwayTitle, words.harvestAwayText];
  return [words.awayTitle, words.awayText];
}
