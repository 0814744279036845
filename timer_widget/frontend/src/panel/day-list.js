/** The person's entries of one day with their sum, folded away until wanted. Locked ones say so; a running one ticks. */
import { elapsedSeconds, hoursText, sinceOf } from "../shared/elapsed.js";
import { fill, panelWords as words } from "../shared/translations.js";
import { h, icon, write } from "./dom.js";
import { dayName, localDate } from "./moments.js";
import { ticker } from "./ticker.js";

/** @param {Timer.Acts} act */
export function dayList(act) {
  /** @type {Timer.Day} */
  let shown;
  /** @type {any} */
  let clock;
  const name = h("span.day-name");
  const sum = h("span.day-sum");
  const list = h("ul.entries");
  const nothing = h("p.day-nothing");
  const element = h("details.day", {}, h("summary.day-head", {}, icon("chevron"), name, sum), list, nothing);

  const addUp = () => {
    const { seconds, readAt } = shown;
    const isOfToday = shown.entries.some((entry) => entry.is_running && !entry.since);
    write(sum, hoursText(seconds + (isOfToday ? elapsedSeconds(readAt, Date.now()) : 0)));
  };
  const show = (/** @type {Timer.Day} */ day) => {
    const focused = /** @type {HTMLElement?} */ (document.activeElement)?.dataset?.entry;
    shown = day;
    const names = namesOf(day.entries);
    const runs = day.entries.find((entry) => entry.is_running);
    clock = runs && ticker(h("span.entry-time", { "data-running": "" }), addUp);
    list.replaceChildren(...day.entries.map((entry, index) => row(entry, names[index], entry == runs ? clock.element : null, act)));
    write(nothing, day.entries.length ? "" : words.nothingYet);
    if (focused) focus(focused);
  };
  const focus = (/** @type {number | string} */ id) => /** @type {HTMLElement?} */ (list.querySelector(`[data-entry="${id}"]`))?.focus();
  /** What scrolls can be reached by keyboard, even while nothing in it can be pressed. */
  const fit = () => {
    if (list.scrollHeight > list.clientHeight) list.tabIndex = 0;
    else list.removeAttribute("tabindex");
  };
  element.ontoggle = fit;

  return {
    element,
    /** The entry's own button, if it is there. */
    focus: (/** @type {number | string} */ id) => element.open && focus(id),
    update(/** @type {Timer.Model} */ { day: read, busy, view, snapshot, zone }) {
      const day = read && withRunning(read, snapshot, zone);
      element.hidden = !day || Boolean(view);
      if (!day) return;
      write(name, day.date == day.today ? words.today : dayName(day.date));
      list.setAttribute("aria-label", name.textContent);
      if (!isSameDay(day, shown)) show(day);
      const running = day.entries.find((entry) => entry.is_running);
      clock?.follow(day.readAt - /** @type {Timer.Entry} */ (running).seconds * 1000);
      addUp();
      fit();
      for (const button of list.querySelectorAll("button")) button.disabled = Boolean(busy);
    },
  };
}

/**
 * The day with the timer that runs on from an earlier one: its time is that day's in Harvest, and so not in the sum.
 * @param {Timer.Day} day
 * @param {Timer.Snapshot | null} snapshot
 * @param {string} [zone]
 * @returns {Timer.Day}
 */
export function withRunning(day, snapshot, zone) {
  const { state, offset = 0 } = snapshot ?? {};
  const running = state?.running;
  if (!running || day.date != day.today || day.entries.some(({ entry_id }) => entry_id == running.entry_id)) return day;
  const began = Date.parse(running.started_at);
  const since = localDate(began, zone);
  if (since >= day.date) return day; // it began while the day was being read
  const seconds = elapsedSeconds(sinceOf(running, offset), day.readAt);
  return { ...day, entries: [{ ...running, seconds, since, is_running: true, spent_date: since, lock: null }, ...day.entries] };
}

const isSameDay = (/** @type {Timer.Day} */ one, /** @type {Timer.Day | undefined} */ other) =>
  one === other || (one.readAt === other?.readAt && JSON.stringify(one.entries) == JSON.stringify(other.entries));

/**
 * Names that tell the entries apart: project, task, notes and time; what is alike in all of these is counted.
 * @param {Timer.Entry[]} entries
 */
export function namesOf(entries) {
  const seen = new Map();
  return entries.map(({ project, task, notes, seconds, is_running: runs }) => {
    const time = runs ? words.runningElsewhere : hoursText(seconds);
    const name = [`${project.name} · ${task.name}`, notes, time].filter(Boolean).join(", ");
    seen.set(name, (seen.get(name) ?? 0) + 1);
    return seen.get(name) > 1 ? `${name} (${seen.get(name)})` : name;
  });
}

/**
 * @param {Timer.Entry} entry
 * @param {string} name
 * @param {HTMLElement | null} clock
 * @param {Timer.Acts} act
 */
function row(entry, name, clock, act) {
  const { project, task, client, notes, lock, since } = entry;
  const reason = lock ? ` ${/** @type {any} */ (words)["lock_" + lock.reason]}` : "";
  const label = fill(lock ? words.locked : words.edit, { name }) + reason;
  return h(
    "li.entry",
    {},
    h(
      "div.entry-words",
      {},
      h("span.entry-title", { title: client?.name ?? "" }, `${project.name} · ${task.name}`),
      h("span.entry-notes", {}, since ? `${fill(words.runsSince, { day: dayName(since) })} · ` : "", h("bdi", {}, notes || words.noNotes)),
    ),
    clock ?? h("span.entry-time", {}, hoursText(entry.seconds)),
    h(
      "button.icon-button",
      { type: "button", "aria-label": label, title: label, "data-entry": entry.entry_id, onclick: () => act.edit(entry) },
      icon(lock ? "lock" : "pencil"),
    ),
  );
}
