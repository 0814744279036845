/** Which screen the panel shows: a pure function of what it knows. */
import { isSameItem } from "../shared/item.js";

export function screenOf({ item, door, snapshot, catalogue, busy }) {
  if (!item) return "no-item";
  if (door == "none") return "no-session";
  if (!snapshot || snapshot.status == "connecting") return "loading";
  const { status, state } = snapshot;
  if (status == "signed-out" || status == "relink") return "connect";
  if (status == "error") return "error";
  if (!state || (status == "unavailable" && !catalogue)) return "away";
  if (isSameItem(state.running?.item, item) && busy != "start") return "running";
  if (!catalogue) return "loading";
  return catalogue.projects.length ? "form" : "empty";
}
