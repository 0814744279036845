/**
 * Timers that were forgotten: since when each runs, why it is asked about, when its person was last seen, and the answers that
 * there are. People may say another end of their work than the likely one.
 */
import { hoursText } from "../shared/elapsed.js";
import { fill, panelWords as words } from "../shared/translations.js";
import { h, icon, write } from "./dom.js";
import { momentAt, wallTime } from "./moments.js";
import { ANSWERS, whenText } from "./unsettled-clicks.js";

/** @type {Record<string, string>} */
const WHY = { longest_run: words.whyLongestRun, work_day: words.whyWorkDay, weekend: words.whyWeekend };
const MINUTE = 60_000;

/** @param {Timer.Acts} act */
export function forgottenTimers(act) {
  let shown = "";
  let ids = "";
  /** @type {Map<string, string>} */
  const typed = new Map(); // the end that the person says, by the id of its timer
  const list = h("ul.unsettled", { "aria-label": words.forgottenList });
  return {
    element: list,
    update(/** @type {Timer.Model} */ model) {
      const { snapshot, zone, clock, busy, moving, catalogue } = model;
      const onTheWay = new Set((snapshot?.clicks ?? []).map(({ forgotten_id }) => forgotten_id));
      const all = moving ? [] : (snapshot?.state?.forgotten ?? []).filter(({ id }) => !onTheWay.has(id));
      list.hidden = !all.length;
      const now = JSON.stringify([all, zone, clock, Boolean(busy), Boolean(catalogue)]);
      const these = JSON.stringify(all.map(({ id, status }) => [id, status]));
      const isTyping = these == ids && list.querySelector("input:focus"); // nothing may take the field away meanwhile
      if (now == shown || isTyping) return;
      [shown, ids] = [now, these];
      list.replaceChildren(...all.map((each) => row(each, model, act, typed)));
    },
  };
}

/**
 * What is said of it, and about how much time.
 * @param {Timer.Forgotten} forgotten
 * @param {string} [zone]
 */
export function forgottenText({ status, began_at, likely_stop_at, stopped_at, reason, due_at }, zone) {
  const [began, time, due] = [began_at, likely_stop_at, due_at ?? began_at].map((each) => whenText(Date.parse(each), zone));
  const gap = hoursText(Math.max(0, (Date.parse(stopped_at ?? likely_stop_at) - Date.parse(likely_stop_at)) / 1000));
  if (status == "stopped") return fill(words.wasStopped, { time, gap });
  return [fill(words.mayBeForgotten, { began, time }), fill(WHY[reason] ?? "", { time: due })].filter(Boolean).join(" ");
}

/**
 * @param {Timer.Forgotten} forgotten
 * @param {Timer.Model} model
 * @param {Timer.Acts} act
 * @param {Map<string, string>} typed
 */
function row(forgotten, { zone, busy, catalogue }, act, typed) {
  const { id, project, task, answers, status } = forgotten;
  const booked = [project?.name, task?.name].filter(Boolean).join(" · ");
  const end = endField(forgotten, zone, typed);
  const doing = (/** @type {string} */ answer) => () => {
    const stop_at = end.read();
    if (!stop_at && ENDS.has(answer)) return end.complain();
    if (answer == "move") return act.moveGap({ ...forgotten, likely_stop_at: /** @type {string} */ (stop_at) });
    act.answer({ forgotten_id: id, answer, ...(ENDS.has(answer) ? { stop_at } : {}) });
  };
  const buttons = answers.map((answer) => {
    const properties = { type: answer == "stop" ? "submit" : "button", disabled: Boolean(busy) || (answer == "move" && !catalogue) };
    const onclick = answer == "stop" ? null : doing(answer);
    return answer == "stop" ? end.names(h("button.button.small", properties)) : h("button.button.small", { ...properties, onclick }, ANSWERS[answer]);
  });
  const submit = (/** @type {Event} */ event) => (event.preventDefault(), doing("stop")());
  return h(
    "li.unsettled-click.forgotten",
    {},
    icon("clock"),
    h("div.unsettled-words", {}, h("p.unsettled-what", {}, h("bdi", {}, booked)), h("p.unsettled-why", {}, forgottenText(forgotten, zone))),
    status == "open"
      ? h("form.unsettled-end", { noValidate: true, onsubmit: submit }, end.element, h("div.unsettled-acts", {}, buttons))
      : h("div.unsettled-acts", {}, buttons),
  );
}

/** The answers to which it matters when the work ended. */
const ENDS = new Set(["stop", "continue", "move"]);

let made = 0;

/**
 * When the work ended: the likely end, until the person says another. `names` writes it on the button that stops.
 * @param {Timer.Forgotten} forgotten
 * @param {string | undefined} zone
 * @param {Map<string, string>} typed
 */
function endField({ id, began_at, likely_stop_at }, zone, typed) {
  const key = `forgotten-${++made}`;
  const [began, likely] = [began_at, likely_stop_at].map((each) => wallTime(Date.parse(each), zone));
  const error = h("p.field-error", { id: `${key}-error` });
  const input = h("input.input", { id: key, type: "datetime-local", required: true, min: began, max: wallTime(Date.now(), zone), value: typed.get(id) ?? likely, "aria-describedby": error.id });
  /** @type {HTMLElement | null} */
  let button = null;

  const isLikely = () => input.value == likely;
  const said = () => (isLikely() ? Date.parse(likely_stop_at) : momentAt(input.value, zone));
  const isWithin = () => said() > Date.parse(began_at) - MINUTE && said() <= Date.now() + MINUTE;
  const read = () => (isLikely() ? likely_stop_at : input.value && isWithin() ? new Date(said()).toISOString() : null);
  const name = () => button && write(button, read() ? fill(words.answerStop, { time: whenText(said(), zone) }) : words.stopShort);
  const mark = (/** @type {string} */ text) => {
    write(error, text);
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  };
  input.oninput = () => (typed.set(id, input.value), mark(""), name());

  return {
    element: h("div.field", {}, h("label.label", { for: key }, words.lastWorked), input, error),
    read,
    complain() {
      mark(fill(words.stopOutside, { began: whenText(Date.parse(began_at), zone) }));
      input.focus();
    },
    names(/** @type {HTMLElement} */ given) {
      button = given;
      name();
      return given;
    },
  };
}
