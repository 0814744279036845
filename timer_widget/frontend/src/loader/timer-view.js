/** How one timer looks. */
import { clockText, elapsedSeconds } from "../shared/elapsed.js";
import { isSameItem, itemKey } from "../shared/item.js";
import { START, UNAVAILABLE } from "../shared/words.js";

/**
 * How one timer looks: a pure function of its item, of what the controller last said, and of the time.
 *
 * `state` is `{status, message, running: {item, since} | null, totals: {item key: "1:25"}, notes: {item key: the same in
 * words}, words: {kind: text}}`; `click` is
 * what a click is doing or why it failed, `{kind: "start" | "stop" | "failed", note}`.
 * @param {Timer.Item} item
 * @param {Timer.PageState} state
 * @param {Timer.Click | undefined} click
 * @param {number} now
 * @returns {Timer.View} `{kind, running, text, time, name, more}`: `text` and `time` are shown, `name` is what assistive technology reads. The
 * name never holds the ticking time, so that a screen reader stays quiet. `more` names the way to the details.
 */
export function timerView(item, { status, message, running: any, totals, notes: said, words }, click, now) {
  const running = isSameItem(any?.item, item);
  const kind = click?.kind ?? (status != "ready" || !any ? status : running ? "running" : "elsewhere");
  const key = itemKey(item);
  const total = totals?.[key];
  const text = words?.[kind] ?? (status == "unavailable" ? UNAVAILABLE : START);
  const notes = [item.name, click?.note ?? message, words?.[kind + "-note"], !running && (said?.[key] ?? total)];
  return {
    kind,
    running,
    text,
    time: running ? clockText(elapsedSeconds(/** @type {Timer.Shown} */ (any).since, now)) : total,
    name: [text, ...notes.filter(Boolean)].join(", "),
    more: words?.details,
  };
}
