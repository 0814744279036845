/** How one timer looks. */
import { clockText, elapsedSeconds } from "../shared/elapsed.js";
import { isSameItem, itemKey } from "../shared/item.js";
import { START, UNAVAILABLE } from "../shared/words.js";

/** What a button without a label says in words all the same. */
const SAID = /^(start|stop|failed)$/;

/**
 * How one timer looks: a pure function of its item, of what the controller last said, and of the time.
 *
 * `state` is `{status, message, running: {item, since} | null, totals: {item key: "1:25"}, notes: {item key: the same in
 * words}, words: {kind: text}}`, and `isStale` where it is what was known last; `click` is what a click is doing or why it
 * failed, `{kind: "start" | "stop" | "failed", note}`.
 * @param {Timer.Item} item
 * @param {Timer.PageState} state
 * @param {Timer.Click | undefined} click
 * @param {number} now
 * @returns {Timer.View} `{kind, running, text, note, time, name, more}`: `text` and `time` are shown, `note`
 * beside the time where a button has no label, `name` is what assistive technology reads. The
 * name never holds the ticking time, so that a screen reader stays quiet. `more` names the way to the details.
 */
export function timerView(item, { status, message, running: any, isStale, totals, notes: said, words }, click, now) {
  const running = isSameItem(any?.item, item);
  const kind = click?.kind ?? (status != "ready" || !any ? status : running ? "running" : "elsewhere");
  const key = itemKey(item);
  const total = totals?.[key];
  const isLastKnown = isStale && kind == "unavailable";
  const text = words?.[isLastKnown ? "stale" : kind] ?? (status == "unavailable" ? UNAVAILABLE : START);
  const act = isLastKnown && words?.[running ? "running" : "ready"]; // what a press does, before what the button says
  const notes = [item.name, act && text, click?.note ?? message, words?.[kind + "-note"], !running && (said?.[key] ?? total)];
  return {
    kind,
    running,
    text,
    note: isLastKnown || SAID.test(kind) ? text : "",
    time: running ? clockText(elapsedSeconds(/** @type {Timer.Shown} */ (any).since, now)) : total,
    name: [act || text, ...notes.filter(Boolean)].join(", "),
    more: words?.details,
  };
}
