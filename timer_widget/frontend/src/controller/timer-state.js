/**
 * From the server's State to what a host page may know of it, and the events between two of them. Pure.
 * Names of projects, clients and tasks, notes and e-mail addresses stay in our own frames.
 */
import { clockOffset, elapsedSeconds, hoursText, sinceOf } from "../shared/elapsed.js";
import { isSameItem, itemKey } from "../shared/item.js";
import { buttonWords, fill, totalWords as words } from "../shared/words.js";

export const CONNECTING = { status: "connecting", message: null, running: null, totals: {}, others: {}, since: null, othersSince: null };

const STATUS = { none: "signed-out", needs_reauth: "relink", active: "ready" };

/**
 * @param before     the shown state until now
 * @param state      State of the timer's API
 * @param receivedAt our clock when it came
 * @returns `{status, message, running: {item, entry_id, since} | null, totals: {item key: seconds}, others, since,
 * othersSince}`; a total leaves out the time of the timer that runs, which is added while it is shown. `others` has what
 * everybody else tracked, where that is known; the days are the first that either counts, null where it counts all
 */
export function shownState(before, state, receivedAt) {
  const { running: runs, item } = state;
  const reference = runs?.item && { id: runs.item.id, group_id: runs.item.group_id ?? null };
  const running = runs && {
    item: reference ?? null,
    entry_id: runs.entry_id,
    mark: JSON.stringify(runs), // of everything about it, for our frames alone
    since: sinceOf(runs, clockOffset(state.server_now, receivedAt)),
  };
  const { others, since, othersSince } = before;
  const totals = withStopped(before, running, receivedAt);
  if (item) {
    const ofRunning = isSameItem(running?.item, item) ? elapsedSeconds(running.since, receivedAt) : 0;
    totals[itemKey(item)] = Math.max(0, item.seconds - ofRunning);
  }
  return { status: STATUS[state.connection.status] ?? "error", message: null, code: null, running, totals, others, since, othersSince };
}

const SHORTEST_TOLD = 30; // seconds; less would read 0:00

/** The same for the loader: totals as the text that its buttons show, and every word it may need; details lead to an undo. */
export const pageState = ({ totals, others, since, othersSince, running, ...shown }, undo) => ({
  ...shown,
  running: running && { ...running, mark: undefined },
  words: undo ? { ...buttonWords, details: buttonWords.undo } : buttonWords,
  totals: mapped(totals, (seconds, key) => shortTotal(seconds, others[key])),
  notes: mapped(totals, (seconds, key) => saidTotal(seconds, others[key], since, othersSince)),
});

const mapped = (values, change) => Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value, key)]));
const timeOf = (seconds) => (seconds < SHORTEST_TOLD ? "0:00" : hoursText(seconds));

/** What stands on the button: one's own time, and everybody's where it is another. */
function shortTotal(mine, others = 0) {
  if (mine + others < SHORTEST_TOLD) return "";
  const [own, all] = [mine, mine + others].map(timeOf);
  return own == all ? own : `${own} / ${all}`;
}

/** The same in words, with the day that it begins with where that is not all time. */
function saidTotal(mine, others, since, othersSince) {
  if (!shortTotal(mine, others)) return "";
  const day = (text) => new Intl.DateTimeFormat(globalThis.document?.documentElement.lang || "en", { dateStyle: "medium", timeZone: "UTC" }).format(new Date(text));
  const said = (text, seconds, from) =>
    fill(from ? words[text + "Since"] : words[text], { time: timeOf(seconds), day: from && day(from) });
  const parts = [said("mine", mine, since)];
  if (others != null) parts.push(said("everyone", mine + others, othersSince));
  return parts.join(", ");
}

/**
 * With what the server says of the items of the page. One's own that are known already stay where the server counted only the
 * newest entries: the panel may have looked up all of an item.
 */
export function withTotals(before, { since, others_since: othersSince, items }) {
  const mine = Object.fromEntries(items.map((item) => [itemKey(item), item.mine]));
  const ofAll = items.filter(({ everyone }) => everyone != null);
  const others = Object.fromEntries(ofAll.map((item) => [itemKey(item), item.everyone - item.mine]));
  return {
    ...before,
    totals: since ? { ...mine, ...before.totals } : { ...before.totals, ...mine },
    others: { ...before.others, ...others },
    since,
    othersSince,
  };
}

/** The totals once the timer that ran before no longer does: its time joins its item's total, where that is known. */
function withStopped({ running, totals }, now, at) {
  const key = running?.item && running.entry_id !== now?.entry_id && itemKey(running.item);
  return key && key in totals ? { ...totals, [key]: totals[key] + elapsedSeconds(running.since, at) } : { ...totals };
}

/** What changed from one shown state to the next, as host events; the first state is no change but "ready". */
export function eventsBetween(before, after, now) {
  if (before.status == "connecting") return after.status == "ready" ? [{ name: "ready" }] : authNeeded(before, after);
  return [...authNeeded(before, after), ...runningChange(before, after, now)];
}

const needsPerson = ({ status }) => status == "signed-out" || status == "relink";
const authNeeded = (before, after) =>
  needsPerson(after) && before.status != after.status ? [{ name: "auth-needed", status: after.status }] : [];

function runningChange({ running: before }, { running: after, totals }, now) {
  if (before?.entry_id === after?.entry_id && before?.mark === after?.mark) return [];
  const detail = ({ item, entry_id, since }) => ({
    item,
    entry_id,
    seconds: elapsedSeconds(since, now),
    total: (item && totals[itemKey(item)]) ?? null,
  });
  if (!after) return [{ name: "stopped", ...detail(before) }];
  if (!before) return [{ name: "started", ...detail(after) }];
  if (before.entry_id === after.entry_id) return [{ name: "updated", ...detail(after) }];
  return [{ name: "switched", ...detail(after), previous: detail(before) }];
}
