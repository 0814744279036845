/** The person's entries of one day with their sum, folded away until wanted. Locked ones say so. */
import { clockText, elapsedSeconds, hoursText } from "../shared/elapsed.js";
import { fill, panelWords as words } from "../shared/words.js";
import { h, icon, write } from "./dom.js";
import { dayName } from "./moments.js";

export function dayList(act) {
  let shown;
  let seconds;
  const name = h("span.day-name");
  const sum = h("span.day-sum");
  const list = h("ul.entries");
  const nothing = h("p.day-nothing");
  const element = h("details.day", {}, h("summary.day-head", {}, icon("chevron"), name, sum), list, nothing);

  const running = (entry) => entry.is_running;
  const secondsNow = ({ entries, seconds: all, readAt }) => {
    const since = entries.some(running) ? elapsedSeconds(readAt, Date.now()) : 0;
    return all + since;
  };

  return {
    element,
    update({ day, busy, view }) {
      element.hidden = !day || Boolean(view);
      if (!day) return;
      write(name, day.date == day.today ? words.today : dayName(day.date));
      seconds = secondsNow(day);
      write(sum, hoursText(seconds));
      for (const button of list.querySelectorAll("button")) button.disabled = Boolean(busy);
      if (day === shown) return;
      shown = day;
      list.replaceChildren(...day.entries.map((entry) => row(entry, act)));
      write(nothing, day.entries.length ? "" : words.nothingYet);
    },
  };
}

function row(entry, act) {
  const { project, task, client, notes, lock, is_running: runs } = entry;
  const title = `${project.name} · ${task.name}`;
  const label = fill(lock ? words.locked : words.edit, { name: title });
  const reason = lock ? ` ${words["lock_" + lock.reason]}` : "";
  return h(
    "li.entry",
    {},
    h(
      "div.entry-words",
      {},
      h("span.entry-title", { title: client?.name ?? "" }, title),
      h("span.entry-notes", {}, notes || words.noNotes),
    ),
    h("span.entry-time", runs ? { "data-running": "" } : {}, runs ? clockText(entry.seconds) : hoursText(entry.seconds)),
    h(
      "button.icon-button",
      { type: "button", "aria-label": label + reason, title: label + reason, onclick: () => act.edit(entry) },
      icon(lock ? "lock" : "pencil"),
    ),
  );
}
