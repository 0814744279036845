/**
 * The clicks that are not done: what waits to be sent or for Harvest, and what failed, with what can be done about it. Above them
 * what stops of the last minutes came to that nobody expects.
 */
import { isSameItem } from "../shared/item.js";
import { noticeText } from "../shared/notice-text.js";
import { fill, panelWords as words } from "../shared/translations.js";
import { h, icon } from "./dom.js";
import { failureText } from "./failure.js";
import { dayName, localDate, momentAt, timeOfDay, wallTime } from "./moments.js";

/** @type {Record<string, string>} */
export const ACTS = { start: words.actStart, stop: words.actStop, edit: words.actEdit, add: words.actAdd, remove: words.actDelete, delete: words.actDelete, move: words.actMove, undo: words.actUndo, answer: words.actAnswer };
/** @type {Record<string, string>} */
const CHOICES = { retry: words.tryAgain, change: words.chooseAnother, connect: words.reconnect, copy: words.copyText, drop: words.drop };

/** @type {Record<string, string>} */
export const ANSWERS = { stop: words.stopShort, continue: words.answerContinue, move: words.answerMove, keep: words.answerKeep, restore: words.answerRestore, accept: words.answerAccept };

/**
 * What was clicked, in words; of an answer on a forgotten timer which one.
 * @param {{kind: string, answer?: string | null, is_automatic?: boolean}} click
 */
export function actText({ kind, answer, is_automatic: isAutomatic }) {
  if (isAutomatic) return words.actStopByItself;
  return answer && ANSWERS[answer] ? fill(words.actForgotten, { what: ANSWERS[answer] }) : (ACTS[kind] ?? kind);
}

/** @param {Timer.Acts} act */
export function unsettledClicks(act) {
  let shown = "";
  /** @type {Map<string, string>} */
  const ends = new Map(); // what was typed as the end of an old start, by its key
  const list = h("ul.unsettled", { "aria-label": words.unsettled });
  return {
    element: list,
    update(/** @type {Timer.Model} */ model) {
      const clicks = model.snapshot?.clicks ?? [];
      const notices = [...new Set((model.snapshot?.state?.notices ?? []).map((notice) => noticeText(notice, nameOf(notice, model))).filter(Boolean))];
      list.hidden = !clicks.length && !notices.length;
      const now = JSON.stringify([clicks, notices, model.item.id, model.zone, model.clock, Boolean(model.busy), Boolean(model.catalogue)]);
      if (now == shown) return;
      shown = now;
      list.replaceChildren(...notices.map(noticeRow), ...clicks.map((click) => row(click, model, act, ends)));
    },
  };
}

const noticeRow = (/** @type {string} */ text) => h("li.unsettled-click", {}, icon("clock"), h("div.unsettled-words", {}, h("p.unsettled-what", {}, text)));

/**
 * The timer that a notice is about: what it is booked on, else its item.
 * @param {{project?: string | null, task?: string | null, item?: Timer.Key | null}} notice
 * @param {Timer.Model} model
 */
const nameOf = ({ project, task, item }, { item: here }) =>
  [project, task].filter(Boolean).join(" · ") || (item && (isSameItem(item, here) ? here.name : item.id));

/**
 * The time of day, behind the day where that is not today's.
 * @param {number} moment
 * @param {string} [zone]
 */
export function whenText(moment, zone) {
  const day = localDate(moment, zone);
  return (day == localDate(Date.now(), zone) ? "" : dayName(day) + ", ") + timeOfDay(moment, zone);
}

/**
 * What a click was, in words: "Start timer, Fix login, 10:05".
 * @param {Timer.Unsettled} click
 * @param {Timer.Model} model
 */
export function clickText(click, { item: here, zone }) {
  const { item, clicked_at, project, task, notes } = click;
  const name = item && (item.name ?? (isSameItem(item, here) ? here.name : item.id));
  const booked = [project?.name, task?.name].filter(Boolean).join(" · ");
  return [actText(click), name, whenText(Date.parse(clicked_at), zone), booked, notes].filter(Boolean).join(", ");
}

/**
 * @param {Timer.Unsettled} click
 * @param {Timer.Model} model
 * @param {Timer.Acts} act
 * @param {Map<string, string>} ends
 */
function row(click, model, act, ends) {
  const { key, status, code, message, choices } = click;
  const hasFailed = status == "failed";
  const wantsEnd = choices.includes("end");
  const why = wantsEnd ? words.endedAt : hasFailed ? failureText({ code: code ?? "", message: message ?? "" }) : status == "unsent" ? words.unsent : words.pending;
  /** @type {Record<string, () => unknown>} */
  const doing = {
    retry: () => act.decide({ key, decision: "retry" }),
    drop: () => act.decide({ key, decision: "drop" }),
    change: () => act.changeChoice(key),
    copy: () => act.copy(clickText(click, model)),
    connect: act.connect,
  };
  const buttons = choices.filter((choice) => choice in doing).map((choice) =>
    h("button.button.small", { type: "button", disabled: Boolean(model.busy) || (choice == "change" && !model.catalogue), onclick: doing[choice] }, CHOICES[choice]),
  );
  return h(
    `li.unsettled-click${hasFailed ? ".failed" : ""}`,
    {},
    icon(hasFailed ? "alert" : "clock"),
    h("div.unsettled-words", {}, h("p.unsettled-what", {}, h("bdi", {}, clickText(click, model))), h("p.unsettled-why", {}, why)),
    wantsEnd ? endField(click, model, act, ends, buttons) : buttons.length ? h("div.unsettled-acts", {}, buttons) : null,
  );
}

/**
 * When the work ended of a start that is too old to go on.
 * @param {Timer.Unsettled} click
 * @param {Timer.Model} model
 * @param {Timer.Acts} act
 * @param {Map<string, string>} ends
 * @param {HTMLElement[]} others what else can be done
 */
function endField({ key, clicked_at }, { busy, zone }, act, ends, others) {
  const began = wallTime(Date.parse(clicked_at), zone);
  const value = ends.get(key) ?? began;
  const input = h("input.input", { type: "datetime-local", "aria-label": words.endedAt, value, min: began, required: true, oninput: () => ends.set(key, input.value) });
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    act.decide({ key, decision: "retry", ended_at: new Date(momentAt(input.value, zone)).toISOString() });
  };
  return h(
    "form.unsettled-end",
    { onsubmit: submit },
    input,
    h("div.unsettled-acts", {}, h("button.button.small", { type: "submit", disabled: Boolean(busy) }, words.saveEnd), others),
  );
}
