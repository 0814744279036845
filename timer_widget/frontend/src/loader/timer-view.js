/** How one timer looks. */
import { clockText, elapsedSeconds } from "../shared/elapsed.js";
import { isSameItem, itemKey } from "../shared/item.js";
import { START, UNAVAILABLE } from "../shared/translations.js";

/** What a button without a label says in words all the same. */
const SAID = /^(start|stop|waiting|pending|failed|decide)$/;

/**
 * How one timer looks: a pure function of its item, of what the controller last said, and of the time.
 *
 * `state` is `{status, message, running: {item, since} | null, shows, marks, totals: {item key: "1:25"}, notes: {item key: the same in
 * words}, words: {kind: text}}`: `running` as Harvest said it last (`isStale` where that cannot be read now), `shows` what runs once
 * the clicks are done that wait, `marks` what is said of those. `click` is what a click is doing or why it was refused,
 * `{kind: "start" | "stop" | "failed", note}`.
 * @param {Timer.Item} item
 * @param {Timer.PageState} state
 * @param {Timer.Click | undefined} click
 * @param {number} now
 * @returns {Timer.View} `{kind, running, ticks, text, note, time, name, more}`: `text` and `time` are shown, `note`
 * beside the time where a button has no label, `name` is what assistive technology reads. The
 * name never holds the ticking time, so that a screen reader stays quiet. `more` names the way to the details.
 */
export function timerView(item, { status, message, running: any, shows = any, marks, isStale, totals, notes: said, words }, click, now) {
  const key = itemKey(item);
  const running = isSameItem(any?.item, item);
  const ticks = isSameItem(shows?.item, item);
  const needsPerson = status == "signed-out" || status == "relink";
  const mark = needsPerson ? undefined : marks?.[key];
  const waits = mark?.kind == "failed" && !mark.isRetried ? "decide" : mark?.kind;
  const kind = click?.kind ?? waits ?? (status != "ready" || !any ? status : running ? "running" : "elsewhere");
  const isLastKnown = isStale && kind == "unavailable";
  const total = totals?.[key];
  const text = words?.[isLastKnown ? "stale" : kind] ?? (status == "unavailable" ? UNAVAILABLE : START);
  // What a press does comes before what the button says.
  const act = (isLastKnown || kind == "waiting" || kind == "pending") && words?.[ticks ? "running" : "ready"];
  const note = click?.note ?? mark?.note ?? message;
  const notes = [item.name, act && text, note, words?.[kind + "-note"], !ticks && !running && (said?.[key] ?? total)];
  const stoppedAfter = mark?.stoppedAfter;
  return {
    kind,
    running,
    ticks,
    text,
    note: isLastKnown || SAID.test(kind) ? text : "",
    time: ticks ? clockText(elapsedSeconds(/** @type {Timer.Shown} */ (shows).since, now)) : stoppedAfter == null ? total : clockText(elapsedSeconds(0, stoppedAfter)),
    name: [act || text, ...notes.filter(Boolean)].join(", "),
    more: words?.details,
  };
}
