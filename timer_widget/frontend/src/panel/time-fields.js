/**
 * How long, and on which day: hours in one field, or a start and an end where the account counts those. Left empty in the form,
 * a timer starts instead.
 */
import { hoursText } from "../shared/elapsed.js";
import { panelWords as words } from "../shared/translations.js";
import { h, write } from "./dom.js";
import { decimalHours, secondsOf } from "./hours.js";

let made = 0;

/**
 * @param {string} label
 * @param {object} properties
 */
function field(label, properties) {
  const id = `time-${++made}`;
  const input = h("input.input", { id, autocomplete: "off", ...properties });
  return { input, element: h("div.field", {}, h("label.label", { for: id }, label), input) };
}

const minutesOf = (/** @type {string} */ value) => Number(value.slice(0, 2)) * 60 + Number(value.slice(3, 5));

/**
 * Seconds from one time of day to another; an end before the start lies on the next day.
 * @param {string} from
 * @param {string} until
 */
export const secondsBetween = (from, until) => ((minutesOf(until) - minutesOf(from) + 1440) % 1440) * 60;

/**
 * @param {object} given
 * @param {() => void} [given.onInput] called when something was typed
 * @param {string} [given.hint]
 */
export function timeFields({ onInput = () => {}, hint = "" }) {
  let mode = "hours";
  const hours = field(words.time, { type: "text", inputMode: "text", placeholder: "0:00", maxLength: 40 });
  const from = field(words.from, { type: "time" });
  const until = field(words.until, { type: "time" });
  const date = field(words.date, { type: "date" });
  date.element.classList.add("date");
  const error = h("p.field-error", { id: `time-error-${++made}` });
  const note = h("p.field-note", { role: "status" }, hint);
  const inputs = [hours.input, from.input, until.input];
  const element = h(
    "div.times",
    {},
    h("div.times-row", {}, hours.element, from.element, until.element, date.element),
    error,
    note,
  );
  inputs.forEach((input) => {
    input.setAttribute("aria-describedby", error.id);
    input.oninput = () => (complain(""), preview(), onInput());
  });
  date.input.oninput = () => (complain(""), onInput());
  hours.input.onblur = () => {
    const seconds = secondsOf(hours.input.value);
    if (seconds) hours.input.value = hoursText(seconds); // The preview stays: nothing may move under a pointer that is pressed.
  };

  /** What the field adds up to, where that is not what it says already. */
  const preview = () => {
    const { value } = hours.input;
    const seconds = mode == "clock" ? between() : secondsOf(value);
    write(note, seconds && hoursText(seconds) != value.trim() ? `= ${hoursText(seconds)}` : hint);
  };
  const between = () => from.input.value && until.input.value && secondsBetween(from.input.value, until.input.value);

  const complain = (/** @type {string} */ text) => {
    write(error, text);
    for (const input of inputs)
      if (text) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    if (text) (mode == "clock" ? from : hours).input.focus();
    return Boolean(text);
  };
  const useMode = (/** @type {string | undefined} */ next) => {
    mode = next == "clock" ? "clock" : "hours";
    hours.element.hidden = mode == "clock";
    from.element.hidden = until.element.hidden = mode != "clock";
    preview();
  };
  const clock = () => ({ from: from.input.value, until: until.input.value });
  const isEmpty = () => (mode == "clock" ? !from.input.value && !until.input.value : !hours.input.value.trim());
  useMode("hours");

  return {
    element,
    complain,
    useMode,
    isEmpty,
    date: () => date.input.value,
    set(/** @type {{seconds?: number, started?: string?, ended?: string?, day?: string?, last?: string}} */ { seconds, started = "", ended = "", day, last }) {
      hours.input.value = seconds ? hoursText(seconds) : "";
      from.input.value = started ?? "";
      until.input.value = ended ?? "";
      date.input.value = day ?? "";
      date.input.max = last ?? "";
      complain("");
      preview();
    },
    /** For a running entry only its day can be said, if that is known. */
    hideTime(/** @type {{date: string?}} */ { date: day }) {
      for (const each of [hours, from, until]) each.element.hidden = true;
      date.element.hidden = !day;
    },
    /** @returns `{spent_date, …}` for the server with `seconds`, or null after saying what is wrong */
    read() {
      const spent_date = date.input.value;
      if (mode == "clock") {
        const { from: started_time, until: ended_time } = clock();
        const seconds = started_time && ended_time && secondsBetween(started_time, ended_time);
        return complain(seconds ? "" : words.timesMissing) ? null : { seconds, body: { spent_date, started_time, ended_time } };
      }
      const seconds = secondsOf(hours.input.value);
      const wrong = seconds == null ? words.timeMissing : Number.isNaN(seconds) ? words.timeWrong : "";
      return complain(wrong) ? null : { seconds, body: { spent_date, hours: decimalHours(/** @type {number} */ (seconds)) } };
    },
  };
}
