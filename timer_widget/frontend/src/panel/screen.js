/** Which screen the panel shows: a pure function of what it knows. */
import { isSameItem } from "../shared/item.js";
import { isTrouble } from "./trouble.js";

/** @param {Timer.Model} model */
export function screenOf({ item, controller, snapshot, catalogue, busy, view, linking, problem }) {
  if (controller == "none") return "no-session";
  if (!snapshot || snapshot.status == "connecting") return unread(problem);
  const { status, state } = snapshot;
  if (status == "signed-out" || status == "relink" || linking) return "connect";
  if (status == "error") return refused(snapshot);
  if (!state || (status == "unavailable" && !catalogue)) return "away";
  if (view) return view.name;
  if (busy != "start" && isUnconfirmed(item, snapshot.shows)) return "unconfirmed";
  if (runsFor(item, state.running) && busy != "start") return "running";
  if (!catalogue) return unread(problem);
  return catalogue.projects.length ? "form" : "empty";
}

/** A timer of this item whose start, or undo of the switch away from it, is not done yet. */
const isUnconfirmed = (/** @type {Timer.Item} */ item, /** @type {Timer.Shown?=} */ shows) => Boolean(shows?.start_key || shows?.undo_key) && isSameItem(/** @type {Timer.Shown} */ (shows).item, item);

/** A timer of this item; where the page names no item, one without a reference. */
const runsFor = (/** @type {Timer.Item} */ item, /** @type {Timer.Running?} */ running) => running && (item.id ? isSameItem(running.item, item) : !running.item);

/** Nothing could be read yet: on its way, or why not. */
const unread = (/** @type {Timer.Failure?} */ problem) => (!problem ? "loading" : isTrouble(problem) ? "away" : refused(problem));

const refused = (/** @type {{code?: any}} */ { code }) => (/forbidden|not_allowed/.test(code) && code != "origin_not_allowed" ? "forbidden" : "error");
