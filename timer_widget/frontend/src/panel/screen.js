/** Which screen the panel shows: a pure function of what it knows. */
import { isSameItem } from "../shared/item.js";

export function screenOf({ item, door, snapshot, catalogue, busy, view, linking }) {
  if (!item) return "no-item";
  if (door == "none") return "no-session";
  if (!snapshot || snapshot.status == "connecting") return "loading";
  const { status, state } = snapshot;
  if (status == "signed-out" || status == "relink" || linking) return "connect";
  if (status == "error") return snapshot.code?.endsWith("forbidden") ? "forbidden" : "error";
  if (!state || (status == "unavailable" && !catalogue)) return "away";
  if (view) return view.name;
  if (isSameItem(state.running?.item, item) && busy != "start") return "running";
  if (!catalogue) return "loading";
  return catalogue.projects.length ? "form" : "empty";
}
