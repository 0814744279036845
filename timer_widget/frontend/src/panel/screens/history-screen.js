/** What happened to the item's time: who clicked what, from where, and what came of it. Read once it is wanted, and not before. */
import { hoursText } from "../../shared/elapsed.js";
import { fill, panelWords as words } from "../../shared/translations.js";
import { h, write } from "../dom.js";
import { failureText } from "../failure.js";
import { saveFile } from "../save-file.js";
import { dayName, localDate } from "../moments.js";
import { actText, whenText } from "../unsettled-clicks.js";

/** @type {Record<string, string>} */
const FIELDS = {
  project: words.project, task: words.task, spent_date: words.date, hours: words.time,
  started_time: words.from, ended_time: words.until, started_at: words.began, notes: words.notes,
}; // prettier-ignore
/** @type {Record<string, string>} */
const DECISIONS = { retry: words.tryAgain, change: words.chooseAnother, drop: words.drop };
/** @type {Record<string, string>} */
const DECIDED = { person: words.byYou, operator: words.byOperator, bridge: words.byBridge };

/**
 * @param {Timer.Acts} act
 * @param {Timer.Call} call
 * @param {Timer.Model} model
 * @returns {Timer.Screen}
 */
export function historyScreen(act, call, { item, zone }) {
  /** @type {string | null} */
  let cursor = null;
  let since = ""; // the day that it goes back to
  const list = h("ul.history-events", { "aria-label": words.history });
  const reach = h("p.history-reach");
  const nothing = h("p.history-nothing", { role: "status" });
  const earlier = h("button.link", { type: "button", hidden: true, onclick: () => read(cursor) }, words.historyEarlier);
  const file = h("button.link", { type: "button", hidden: true, onclick: () => save() }, words.historyFile);
  const back = h("button.button", { type: "button", onclick: act.back }, words.back);

  /**
   * Marks the button that asks, and says what went wrong.
   * @param {HTMLButtonElement} button
   * @param {string} meanwhile
   * @param {() => Promise<string>} work answers what is said once it is done
   */
  const attempt = async (button, meanwhile, work) => {
    button.disabled = true;
    write(nothing, meanwhile);
    try {
      write(nothing, await work());
    } catch (/** @type {any} */ error) {
      write(nothing, `${words.historyFailed} ${failureText(error)}`);
    } finally {
      button.disabled = false;
    }
  };
  const read = (/** @type {string | null} */ from) =>
    attempt(earlier, from ? "" : words.loading, async () => {
      const answer = await call("history", { item, cursor: from });
      list.append(...answer.events.map((/** @type {Timer.HistoryEvent} */ event) => row(event, answer.includes_others, zone)));
      cursor = answer.next;
      earlier.hidden = !cursor;
      since = answer.kept_since ? localDate(Date.parse(answer.kept_since), zone) : "";
      write(reach, since && !cursor ? fill(words.historySince, { day: dayName(since, true) }) : "");
      file.hidden = !list.children.length;
      if (list.scrollHeight > list.clientHeight) list.tabIndex = 0; // what scrolls can be reached by keyboard
      return list.children.length ? "" : words.historyNothing;
    });
  const save = () => attempt(file, "", async () => (saveFile(`timer-history${since && `-from-${since}`}.csv`, "text/csv", await call("historyFile", { item })), ""));
  read(null);

  return {
    element: h("section.form", { "aria-label": words.history }, h("h2.form-title", {}, words.history), list, nothing, reach, h("div.history-tools", {}, earlier, file, back)),
    update() {},
    focus: () => back.focus(),
  };
}

/**
 * @param {Timer.HistoryEvent} event
 * @param {boolean} others whether it needs saying whose it is
 * @param {string} [zone]
 */
function row(event, others, zone) {
  const { kind, person, is_own: isOwn, project, task, hours, notes, status } = event;
  const who = others ? (isOwn ? words.you : person.name) : "";
  const booked = [project, task].filter(Boolean).join(" · ");
  const lines = [[booked, notes].filter(Boolean).join(", "), ...event.changes.map(changeText), whereText(event)];
  return h(
    `li.history-event${status == "failed" ? ".failed" : ""}`,
    {},
    h("p.history-what", {}, h("bdi", {}, whatText(event, who, zone))),
    h("span.history-hours", {}, hours && status == "done" && kind != "start" ? hoursText(Number(hours) * 3600) : ""),
    ...lines.filter(Boolean).map((line) => h("p.history-more", {}, h("bdi", {}, line))),
    ...outcomes(event, zone).map((line) => h("p.history-more.history-why", {}, line)),
  );
}

/**
 * "You: Stop, 17:03"; what nobody clicked is nobody's act: "Stopped by itself at 17:03 (forgotten)", of whom behind it.
 * @param {Timer.HistoryEvent} event
 * @param {string} who
 * @param {string} [zone]
 */
function whatText(event, who, zone) {
  const time = whenText(Date.parse(event.clicked_at), zone);
  if (!event.is_automatic) return `${who && `${who}: `}${actText(event)}, ${time}`;
  const what = event.status == "done" ? fill(words.actStoppedByItself, { time }) : `${actText(event)}, ${time}`;
  return who && !event.is_own ? `${what}, ${who}` : what;
}

const changeText = (/** @type {Timer.HistoryEvent["changes"][0]} */ { field, before, after }) =>
  `${FIELDS[field] ?? field}: ${before ?? "–"} → ${after ?? "–"}`;

const whereText = (/** @type {Timer.HistoryEvent} */ { from }) =>
  from ? [deviceText(from), from.origin && from.origin.replace(/^https?:\/\//, "")].filter(Boolean).join(", ") : "";

/** @param {NonNullable<Timer.HistoryEvent["from"]>} from */
const deviceText = ({ device, browser, system }) => (browser && system ? fill(words.device, { browser, system }) : device);

/**
 * What came of it, where that is not just what was wanted; and what was decided on the way.
 * @param {Timer.HistoryEvent} event
 * @param {string} [zone]
 */
function outcomes({ status, code, message, carried_out_by: by, settled_at, decisions, ended_at: endedAt, is_automatic: isAutomatic }, zone) {
  const decided = decisions.map((each) => fill(DECIDED[each.by], { what: DECISIONS[each.decision], time: whenText(Date.parse(each.at), zone) }));
  if (endedAt) decided.unshift(fill(words.workedUntil, { time: whenText(Date.parse(endedAt), zone) }));
  if (status == "pending") decided.push(words.pending);
  if (status == "discarded") decided.push(words.dropped);
  if (status == "failed" || (status == "done" && code)) decided.push(failureText({ code: code ?? "", message: message ?? "" }));
  if (status == "done" && by == "worker" && settled_at && !isAutomatic) decided.push(fill(words.doneLater, { time: whenText(Date.parse(settled_at), zone) }));
  return decided;
}
