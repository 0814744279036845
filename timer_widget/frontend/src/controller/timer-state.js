/**
 * From the server's State to what a host page may know of it, and the events between two of them. Pure.
 * Names of projects, clients and tasks, notes and e-mail addresses stay in our own frames.
 */
import { clockOffset, elapsedSeconds, hoursText, sinceOf } from "../shared/elapsed.js";
import { isSameItem, itemKey } from "../shared/item.js";
import { buttonWords, fill, totalWords as words } from "../shared/translations.js";

/** @type {Timer.ShownState} */
export const CONNECTING = { status: "connecting", message: null, isKnown: false, running: null, known: undefined, totals: {}, others: {}, since: null, othersSince: null };

/** @type {Record<string, string>} */
const STATUS = { none: "signed-out", needs_reauth: "relink", active: "ready" };

/**
 * Whether Harvest has said what runs. A connection that has ended or is missing says nothing, and neither does a failed read.
 * @param {Timer.State} state
 */
const saysWhatRuns = ({ is_known, connection }) => connection.status == "active" && is_known !== false;

/**
 * Whether a connection is there that cannot be asked, though it may not be the person's own to mend.
 * @param {Timer.State} state
 */
const isUnreadable = ({ is_known, connection }) => connection.status == "none" && is_known === false;

/**
 * A state with the last known timer where it cannot say what runs. A person who has disconnected Harvest has none.
 * @param {Timer.State | null} before
 * @param {Timer.State} next
 * @returns {Timer.State}
 */
export function withLastKnown(before, next) {
  if (!before || saysWhatRuns(next) || (next.connection.status == "none" && !isUnreadable(next))) return next;
  return before.person?.id == next.person?.id ? { ...next, running: next.running ?? before.running } : next;
}

/**
 * @param {Timer.ShownState} before the shown state until now
 * @param {Timer.State} state State of the timer's API
 * @param {number} receivedAt our clock when it came
 * @returns {Timer.ShownState} `{status, message, isKnown, running: {item, entry_id, since} | null, known, totals: {item key: seconds},
 * others, since, othersSince}`; `known` is what Harvest last said that runs, undefined until it has said anything. A total
 * leaves out the time of the timer that runs, which is added while it is shown. `others` has what
 * everybody else tracked, where that is known; the days are the first that either counts, null where it counts all
 */
export function shownState(before, state, receivedAt) {
  const { running: runs, item } = state;
  const reference = runs?.item && { id: runs.item.id, group_id: runs.item.group_id ?? null };
  const isKnown = saysWhatRuns(state);
  const running = runs && {
    item: reference ?? null,
    entry_id: runs.entry_id,
    mark: JSON.stringify(runs), // of everything about it, for our frames alone
    started_at: runs.started_at,
    since: sinceOf(runs, clockOffset(state.server_now, receivedAt)),
  };
  const status = isUnreadable(state) ? "relink" : (STATUS[state.connection.status] ?? "error");
  const known = isKnown ? running : before.known;
  const { others, since, othersSince } = before;
  const totals = withStopped(before, known, receivedAt);
  if (item) {
    const ofRunning = isSameItem(running?.item, item) ? elapsedSeconds(/** @type {Timer.Shown} */ (running).since, receivedAt) : 0;
    totals[itemKey(item)] = Math.max(0, item.seconds - ofRunning);
  }
  const cannotRead = !isKnown && status == "ready";
  return { status: cannotRead ? "unavailable" : status, message: null, code: cannotRead ? "harvest_unavailable" : null, isKnown, running, known, totals, others, since, othersSince };
}

const SHORTEST_TOLD = 30; // seconds; less would read 0:00

/** The mark holds everything about an entry, and so may what is to be changed of it. */
export const withoutNames = (/** @type {Timer.Shown | null} */ running) => running && { ...running, mark: undefined, changes: undefined };

/**
 * The same for the loader: totals as the text that its buttons show, and every word it may need; details lead to an undo.
 * @param {Timer.ShownState} shown
 * @param {Timer.Undo | null} [undo]
 * @param {boolean} [isReminding] that nothing runs
 * @returns {Timer.PageState}
 */
export const pageState = ({ totals, others, since, othersSince, running, known, isKnown, ...shown }, undo, isReminding) => ({
  ...shown,
  isStale: !isKnown && known !== undefined,
  running: withoutNames(running),
  words: { ...buttonWords, ...(undo && { details: buttonWords.undo }), ...(isReminding && { ready: buttonWords.reminder }) },
  totals: mapped(totals, (seconds, key) => shortTotal(seconds, others[key])),
  notes: mapped(totals, (seconds, key) => saidTotal(seconds, others[key], since, othersSince)),
});

/**
 * @param {Record<string, number>} values
 * @param {(value: number, key: string) => string} change
 * @returns {Record<string, string>}
 */
const mapped = (values, change) => Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value, key)]));
const timeOf = (/** @type {number} */ seconds) => (seconds < SHORTEST_TOLD ? "0:00" : hoursText(seconds));

/**
 * What stands on the button: one's own time, and everybody's where it is another.
 * @param {number} mine
 * @param {number} [others]
 */
function shortTotal(mine, others = 0) {
  if (mine + others < SHORTEST_TOLD) return "";
  const [own, all] = [mine, mine + others].map(timeOf);
  return own == all ? own : `${own} / ${all}`;
}

/**
 * The same in words, with the day that it begins with where that is not all time.
 * @param {number} mine
 * @param {number | undefined} others
 * @param {string | null} since
 * @param {string | null} othersSince
 */
function saidTotal(mine, others, since, othersSince) {
  if (!shortTotal(mine, others)) return "";
  const day = (/** @type {string} */ text) => new Intl.DateTimeFormat(globalThis.document?.documentElement.lang || "en", { dateStyle: "medium", timeZone: "UTC" }).format(new Date(text));
  const said = (/** @type {"mine" | "everyone"} */ text, /** @type {number} */ seconds, /** @type {string | null} */ from) =>
    fill(from ? /** @type {any} */ (words)[text + "Since"] : words[text], { time: timeOf(seconds), day: from && day(from) });
  const parts = [said("mine", mine, since)];
  if (others != null) parts.push(said("everyone", mine + others, othersSince));
  return parts.join(", ");
}

/**
 * With what the server says of the items of the page. One's own that are known already stay where the server counted only the
 * newest entries: the panel may have looked up all of an item.
 * @param {Timer.ShownState} before
 * @param {Timer.Totals} answer
 * @returns {Timer.ShownState}
 */
export function withTotals(before, { since, others_since: othersSince, items }) {
  const mine = Object.fromEntries(items.map((item) => [itemKey(item), item.mine]));
  const ofAll = items.filter(({ everyone }) => everyone != null);
  const others = Object.fromEntries(ofAll.map((item) => [itemKey(item), /** @type {number} */ (item.everyone) - item.mine]));
  return {
    ...before,
    totals: since ? { ...mine, ...before.totals } : { ...before.totals, ...mine },
    others: { ...before.others, ...others },
    since,
    othersSince,
  };
}

/**
 * The totals once the timer that ran before no longer does: its time joins its item's total, where that is known.
 * @param {Timer.ShownState} before
 * @param {Timer.Shown | null | undefined} now
 * @param {number} at
 */
function withStopped({ known: running, totals }, now, at) {
  const key = running?.item && running.entry_id !== now?.entry_id && itemKey(running.item);
  return key && key in totals ? { ...totals, [key]: totals[key] + elapsedSeconds(/** @type {Timer.Shown} */ (running).since, at) } : { ...totals };
}

/**
 * What changed from one shown state to the next, as host events; the first state is no change but "ready".
 * @param {Timer.ShownState} before
 * @param {Timer.ShownState} after
 * @param {number} now
 * @returns {Timer.HostEvent[]}
 */
export function eventsBetween(before, after, now) {
  if (before.known === undefined) return after.known === undefined ? authNeeded(before, after) : [{ name: "ready" }];
  return [...authNeeded(before, after), ...runningChange(before, after, now)];
}

const needsPerson = (/** @type {Timer.ShownState} */ { status }) => status == "signed-out" || status == "relink";
const authNeeded = (/** @type {Timer.ShownState} */ before, /** @type {Timer.ShownState} */ after) =>
  needsPerson(after) && before.status != after.status ? [{ name: "auth-needed", status: after.status }] : [];

/**
 * @param {Timer.ShownState} before
 * @param {Timer.ShownState} after
 * @param {number} now
 * @returns {Timer.HostEvent[]}
 */
function runningChange({ known: before }, { known: after, totals }, now) {
  if (before?.entry_id === after?.entry_id && before?.mark === after?.mark) return [];
  /** @returns {Timer.Change} */
  const detail = (/** @type {any} */ { item, entry_id, since }) => ({
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
