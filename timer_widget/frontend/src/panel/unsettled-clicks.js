/**
 * The clicks that are not done: what waits to be sent or for Harvest, and what failed, with what can be done about it. Above them
 * what stops of the last minutes came to that nobody expects.
 */
import { isSameItem } from "../shared/item.js";
import { noticeText } from "../shared/notice-text.js";
import { panelWords as words } from "../shared/words.js";
import { h, icon } from "./dom.js";
import { failureText } from "./failure.js";
import { timeOfDay } from "./moments.js";

/** @type {Record<string, string>} */
const ACTS = { start: words.actStart, stop: words.actStop, edit: words.actEdit, add: words.actAdd, remove: words.actDelete, delete: words.actDelete, move: words.actMove, undo: words.actUndo };
/** @type {Record<string, string>} */
const CHOICES = { retry: words.tryAgain, change: words.chooseAnother, connect: words.reconnect, copy: words.copyText, drop: words.drop };

/** @param {Timer.Acts} act */
export function unsettledClicks(act) {
  let shown = "";
  const list = h("ul.unsettled", { "aria-label": words.unsettled });
  return {
    element: list,
    update(/** @type {Timer.Model} */ model) {
      const clicks = model.snapshot?.clicks ?? [];
      const notices = [...new Set((model.snapshot?.state?.notices ?? []).map(noticeText).filter(Boolean))];
      list.hidden = !clicks.length && !notices.length;
      const now = JSON.stringify([clicks, notices, model.item.id, model.zone, Boolean(model.busy), Boolean(model.catalogue)]);
      if (now == shown) return;
      shown = now;
      list.replaceChildren(...notices.map(noticeRow), ...clicks.map((click) => row(click, model, act)));
    },
  };
}

const noticeRow = (/** @type {string} */ text) => h("li.unsettled-click", {}, icon("clock"), h("div.unsettled-words", {}, h("p.unsettled-what", {}, text)));

/**
 * What a click was, in words: "Start timer, Fix login, 10:05".
 * @param {Timer.Unsettled} click
 * @param {Timer.Model} model
 */
export function clickText({ kind, item, clicked_at, project, task, notes }, { item: here, zone }) {
  const name = item && (item.name ?? (isSameItem(item, here) ? here.name : item.id));
  const booked = [project?.name, task?.name].filter(Boolean).join(" · ");
  return [ACTS[kind] ?? kind, name, timeOfDay(Date.parse(clicked_at), zone), booked, notes].filter(Boolean).join(", ");
}

/**
 * @param {Timer.Unsettled} click
 * @param {Timer.Model} model
 * @param {Timer.Acts} act
 */
function row(click, model, act) {
  const { key, status, code, message, choices } = click;
  const hasFailed = status == "failed";
  const why = hasFailed ? failureText({ code: code ?? "", message: message ?? "" }) : status == "unsent" ? words.unsent : words.pending;
  /** @type {Record<string, () => unknown>} */
  const doing = {
    retry: () => act.decide({ key, decision: "retry" }),
    drop: () => act.decide({ key, decision: "drop" }),
    change: () => act.changeChoice(key),
    copy: () => act.copy(clickText(click, model)),
    connect: act.connect,
  };
  const buttons = choices.map((choice) =>
    h("button.button.small", { type: "button", disabled: Boolean(model.busy) || (choice == "change" && !model.catalogue), onclick: doing[choice] }, CHOICES[choice]),
  );
  return h(
    `li.unsettled-click${hasFailed ? ".failed" : ""}`,
    {},
    icon(hasFailed ? "alert" : "clock"),
    h("div.unsettled-words", {}, h("p.unsettled-what", {}, h("bdi", {}, clickText(click, model))), h("p.unsettled-why", {}, why)),
    buttons.length ? h("div.unsettled-acts", {}, buttons) : null,
  );
}
