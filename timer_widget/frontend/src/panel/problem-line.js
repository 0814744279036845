/** What went wrong, said at once; that somebody is away, for as long as it is; or that a click still waits for Harvest. */
import { fill, panelWords as words } from "../shared/translations.js";
import { h, icon, write } from "./dom.js";
import { failureText } from "./failure.js";
import { trouble } from "./trouble.js";

const SLOW_MS = 2500;

export function problemLine() {
  /** @type {any} */
  let waiting;
  let isLong = false;
  /** @type {Timer.Model} */
  let shown;
  const text = h("span");
  const sign = icon("alert");
  const element = h("p.problem", { role: "alert" }, sign, text);
  /** A click that takes long is on its way still: say so, and only then. */
  const watch = (/** @type {string?} */ busy) => {
    if (busy && !waiting) waiting = setTimeout(() => ((isLong = true), line.update(shown)), SLOW_MS);
    if (busy || !waiting) return;
    clearTimeout(waiting);
    waiting = null;
    isLong = false;
  };
  const line = {
    element,
    update(/** @type {Timer.Model} */ model) {
      shown = model;
      const { problem, snapshot, busy } = model;
      watch(busy);
      const [title, rest] = snapshot.status == "unavailable" ? trouble(snapshot) : [];
      const away = title ? `${title}. ${rest}` : "";
      const said = problem ? fill(words.failed, { message: failureText(problem) }) : away || (isLong ? words.pending : "");
      write(text, said);
      element.classList.toggle("shown", Boolean(said));
      element.classList.toggle("pending", isLong && said == words.pending);
    },
  };
  return line;
}
