/**
 * How one timer looks: a pure function of its item, of what the controller last said, and of the time.
 *
 * `state` is `{status, message, running: {item, since} | null, totals: {item key: "1:25"}}`; `doing` is "starting",
 * "stopping" or nothing; `failure` is the message of the last refused click.
 * @returns `{kind, running, text, time, name}`: `text` and `time` are shown, `name` is what assistive technology reads. The
 * name never holds the ticking time, so that a screen reader stays quiet.
 */
import { clockText, elapsedSeconds } from "../shared/elapsed.js";
import { isSameItem, itemKey } from "../shared/item.js";
import { buttonWords as words } from "../shared/words.js";

export function timerView(item, state, doing, failure, now) {
  const running = isSameItem(state.running?.item, item);
  const total = item && state.totals[itemKey(item)];
  const kind = kindOf(item, state, running, doing, failure);
  const text = words[kind] ?? words.start;
  const notes = [failure ?? state.message, kind == "elsewhere" && words.note, !running && total].filter(Boolean);
  return {
    kind,
    running,
    text,
    time: running ? clockText(elapsedSeconds(state.running.since, now)) : total,
    name: [text + (item ? ": " + item.name : ""), ...notes].join(", "),
  };
}

function kindOf(item, { status, running: any }, running, doing, failure) {
  if (!item) return "invalid";
  if (doing) return doing;
  if (failure) return "failed";
  if (status == "ready") return running ? "running" : any ? "elsewhere" : "ready";
  return status;
}
