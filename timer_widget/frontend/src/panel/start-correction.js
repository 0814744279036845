/** When the running timer began, and four ways to say that it was earlier. */
import { sinceOf } from "../shared/elapsed.js";
import { fill, panelWords as words } from "../shared/words.js";
import { h } from "./dom.js";
import { clockValue, lastMomentAt, timeOfDay } from "./moments.js";

const MINUTE = 60_000;

export function startCorrection(act) {
  let since = null;
  let shownSince = null;
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
        onclick: () => act.move(since - minutes * MINUTE),
      },
      `−${minutes}`,
    ),
  );
  const last = h("button.button.small.last-stop", { type: "button", onclick: () => act.move(stop) });
  const buttons = [set, ...earlier, last];

  const isChanged = () => Boolean(field.value) && field.value != clockValue(since);
  const apply = () => isChanged() && act.move(lastMomentAt(field.value, Date.now()));
  field.oninput = () => (set.hidden = !isChanged());
  field.onkeydown = (event) => {
    if (event.key != "Enter") return;
    event.preventDefault();
    apply();
  };

  return {
    element: h("div.correction", {}, h("label.label", { for: "began" }, words.began), field, buttons),
    update({ snapshot: { state, offset }, day, busy }) {
      since = sinceOf(state.running, offset);
      if (shownSince == null || Math.abs(since - shownSince) >= 1000) {
        shownSince = since;
        field.value = clockValue(since);
        set.hidden = true;
      }
      const stopped = day?.last_stop ? Date.parse(day.last_stop) - offset : null;
      stop = stopped && stopped < since - MINUTE / 2 ? stopped : null;
      last.hidden = !stop;
      if (stop) last.textContent = fill(words.sinceLastStop, { time: timeOfDay(stop) });
      for (const button of buttons) button.disabled = Boolean(busy);
    },
  };
}
