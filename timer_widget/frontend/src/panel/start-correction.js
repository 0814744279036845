/** When the running timer began, on the clock of the person's Harvest zone, and four ways to say that it was earlier. */
import { sinceOf } from "../shared/elapsed.js";
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
        onclick: () => act.move(began - minutes * MINUTE),
      },
      `−${minutes}`,
    ),
  );
  const last = h("button.button.small.last-stop", { type: "button", onclick: () => act.move(stop) });
  const buttons = [set, ...earlier, last];

  const isChanged = () => Boolean(field.value) && field.value != clockValue(began, zone);
  const apply = () => isChanged() && act.move(lastMomentAt(field.value, Date.now() + ahead, zone));
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
      began = sinceOf(/** @type {Timer.Running} */ (state.running), 0);
      field.disabled = !zone; // on whose clock is not known yet
      if (zone != shown[1] || Math.abs(began - shown[0]) >= 1000) {
        shown = [began, zone];
        field.value = zone ? clockValue(began, zone) : "";
        set.hidden = true;
      }
      const stopped = day?.last_stop ? Date.parse(day.last_stop) : null;
      stop = stopped && stopped < began - MINUTE / 2 ? stopped : null;
      last.hidden = !stop || !zone;
      if (stop) last.textContent = fill(words.sinceLastStop, { time: timeOfDay(stop, zone) });
      for (const button of buttons) button.disabled = Boolean(busy);
    },
  };
}
