/** Timers that were forgotten, as the page hears of them: ids and moments alone. Pure. */
import { isSameItem, itemKey } from "../shared/item.js";
import { buttonWords, spokenWords as words } from "../shared/translations.js";

const keyOf = (/** @type {Timer.Key | null} */ item) => item && { id: item.id, group_id: item.group_id ?? null };

/**
 * What the page is told of each, once for each status.
 * @param {Timer.Forgotten[]} all
 * @returns {(Timer.HostEvent & {key: string, status: string})[]}
 */
export const forgottenEvents = (all) =>
  all.map(({ id, status, item, entry_id, reason, began_at, likely_stop_at, stopped_at, answers }) => ({
    name: "forgotten",
    key: id,
    status,
    item: keyOf(item),
    entry_id,
    reason,
    began_at,
    likely_stop_at,
    stopped_at,
    answers,
    said: status == "stopped" ? words.stoppedForYou : words.forgotten,
  }));

/**
 * A timer that is asked about needs an answer before anything else: its button leads to the panel.
 * @param {Record<string, Timer.Mark>} marks
 * @param {Timer.Shown | null} shows
 * @param {Timer.Forgotten[]} [all]
 */
export function withForgotten(marks, shows, all = []) {
  const open = all.find(({ status, entry_id }) => status == "open" && entry_id == shows?.entry_id);
  if (!open?.item || !isSameItem(open.item, shows?.item)) return marks;
  const key = itemKey(open.item);
  return key in marks ? marks : { ...marks, [key]: { kind: "failed", key: open.id, note: buttonWords.forgotten, isRetried: false } };
}
