/** Timers that were forgotten: since when each runs, when its person was last seen, and the answers that there are. */
import { hoursText } from "../shared/elapsed.js";
import { fill, panelWords as words } from "../shared/words.js";
import { h, icon } from "./dom.js";
import { dayName, localDate, timeOfDay } from "./moments.js";

/** @type {Record<string, string>} */
const ANSWERS = { continue: words.answerContinue, move: words.answerMove, keep: words.answerKeep, restore: words.answerRestore, accept: words.answerAccept };

/** @param {Timer.Acts} act */
export function forgottenTimers(act) {
  let shown = "";
  const list = h("ul.unsettled", { "aria-label": words.forgottenList });
  return {
    element: list,
    update(/** @type {Timer.Model} */ model) {
      const { snapshot, zone, busy, moving, catalogue } = model;
      const onTheWay = new Set((snapshot?.clicks ?? []).map(({ forgotten_id }) => forgotten_id));
      const all = moving ? [] : (snapshot?.state?.forgotten ?? []).filter(({ id }) => !onTheWay.has(id));
      list.hidden = !all.length;
      const now = JSON.stringify([all, zone, Boolean(busy), Boolean(catalogue)]);
      if (now == shown) return;
      shown = now;
      list.replaceChildren(...all.map((each) => row(each, model, act)));
    },
  };
}

/**
 * "17:42", with its day where that is not today.
 * @param {string} text
 * @param {string} [zone]
 */
function when(text, zone) {
  const moment = Date.parse(text);
  const day = localDate(moment, zone);
  const time = timeOfDay(moment, zone);
  return day == localDate(Date.now(), zone) ? time : `${dayName(day)}, ${time}`;
}

/**
 * What is said of it, and about how much time.
 * @param {Timer.Forgotten} forgotten
 * @param {string} [zone]
 */
export function forgottenText({ status, began_at, likely_stop_at, stopped_at }, zone) {
  const [began, time] = [began_at, likely_stop_at].map((each) => when(each, zone));
  const gap = hoursText(Math.max(0, (Date.parse(stopped_at ?? likely_stop_at) - Date.parse(likely_stop_at)) / 1000));
  return status == "stopped" ? fill(words.wasStopped, { time, gap }) : fill(words.mayBeForgotten, { began, time });
}

/**
 * @param {Timer.Forgotten} forgotten
 * @param {Timer.Model} model
 * @param {Timer.Acts} act
 */
function row(forgotten, { zone, busy, catalogue }, act) {
  const { id, likely_stop_at, project, task, answers } = forgotten;
  const booked = [project?.name, task?.name].filter(Boolean).join(" · ");
  const doing = (/** @type {string} */ answer) => () =>
    answer == "move" ? act.moveGap(forgotten) : act.answer({ forgotten_id: id, answer, stop_at: likely_stop_at });
  const text = (/** @type {string} */ answer) => ANSWERS[answer] ?? fill(words.answerStop, { time: when(likely_stop_at, zone) });
  const buttons = answers.map((answer) =>
    h("button.button.small", { type: "button", disabled: Boolean(busy) || (answer == "move" && !catalogue), onclick: doing(answer) }, text(answer)),
  );
  return h(
    "li.unsettled-click.forgotten",
    {},
    icon("clock"),
    h("div.unsettled-words", {}, h("p.unsettled-what", {}, h("bdi", {}, booked)), h("p.unsettled-why", {}, forgottenText(forgotten, zone))),
    h("div.unsettled-acts", {}, buttons),
  );
}
