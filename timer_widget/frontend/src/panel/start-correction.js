/**
 * When the running timer began, on the clock of the person's Harvest zone, and four ways to say that it was earlier. Of an entry that
 * was continued it is when that was; what it held before stays.
 */
import { fill, panelWords as words } from "../shared/translations.js";
import { h } from "./dom.js";
import { clockValue, lastMomentAt, timeOfDay } from "./moments.js";

const MINUTE = 60_000;

/** @param {Timer.Acts} act */
export function startCorrection(act) {
  /** @type {any} */
  let began = null; // a moment of the server's clock, as all that is sent
  let ahead = 0; // how far that clock is ahead of ours
  /** @type {string | undefined} */
  let zone;
  /** @type {any[]} */
  let shown = [];
  /** @type {any} */
  let stop = null;
  const field = h("input.input.began", { type: "time", id: "began" });
  const set = h("button.button.small", { type: "button", hidden: true, onclick: () => apply() }, words.set);
  const earlier = [5, 15].map((minutes) =>
    h(
      "button.button.small",
      {
        type: "button",
        dir: "ltr", // the sign stands before the number in every language
        "aria-label": fill(words.earlier, { minutes }),
        title: fill(words.earlier, { minutes }),
        onclick: () => move(began - minutes * MINUTE),
      },
      `−${minutes}`,
    ),
  );
  const last = h("button.button.small.last-stop", { type: "button", onclick: () => move(stop) });
  const buttons = [set, ...earlier, last];

  const isChanged = () => Boolean(field.value) && field.value != clockValue(began, zone);
  const move = (/** @type {number} */ moment) => act.move(moment, moment - began);
  const apply = () => isChanged() && move(lastMomentAt(field.value, Date.now() + ahead, zone));
  field.oninput = () => (set.hidden = !isChanged());
  field.onkeydown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key != "Enter") return;
    event.preventDefault();
    apply();
  };

  return {
    element: h("div.correction", {}, h("label.label", { for: "began" }, words.began), field, buttons),
    update(/** @type {Timer.Model} */ { snapshot: { state, offset }, day, zone: known, busy }) {
      ahead = offset;
      zone = known;
      began = beganAt(/** @type {Timer.Running} */ (state.running), day);
      const isKnown = Boolean(began && zone); // and on whose clock
      field.disabled = !isKnown;
      if (zone != shown[1] || began != shown[0]) {
        shown = [began, zone];
        field.value = isKnown ? clockValue(began, zone) : "";
        set.hidden = true;
      }
      const stopped = day?.last_stop ? Date.parse(day.last_stop) : null;
      stop = stopped && began && stopped < began - MINUTE / 2 ? stopped : null;
      last.hidden = !stop || !zone;
      if (stop) last.textContent = fill(words.sinceLastStop, { time: timeOfDay(stop, zone) });
      for (const button of buttons) button.disabled = Boolean(busy) || !began;
    },
  };
}

/**
 * On the server's clock. Where the entry holds more than the run that goes on, the day alone tells when that began.
 * @param {Timer.Running} running
 * @param {Timer.Day | null | undefined} day
 * @returns {number | null} null where it is not known
 */
function beganAt({ entry_id, started_at, seconds_before }, day) {
  const said = seconds_before ? day?.entries.find((entry) => entry.entry_id == entry_id)?.began_at : started_at;
  return said ? Date.parse(said) : null;
}
