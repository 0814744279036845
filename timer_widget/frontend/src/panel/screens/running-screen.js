/** The timer that runs for this item: its time, what it is booked on, when it began, its notes, and stop. */
import { elapsedSeconds, sinceOf } from "../../shared/elapsed.js";
import { panelWords as words } from "../../shared/translations.js";
import { h, icon, submitKeys, write } from "../dom.js";
import { notesField } from "../notes-field.js";
import { problemLine } from "../problem-line.js";
import { startCorrection } from "../start-correction.js";
import { ticker } from "../ticker.js";
import { totalLine } from "../total-line.js";

/**
 * @param {Timer.Acts} act
 * @returns {Timer.Screen}
 */
export function runningScreen(act) {
  /** @type {number} */
  let entry;
  /** @type {any} */
  let known;
  let saved = "";
  const clock = ticker(h("p.running-time", { role: "timer" }));
  const project = h("p.booked-project");
  const detail = h("p.booked-task");
  const notes = notesField();
  const correction = startCorrection(act);
  const problem = problemLine();
  const total = totalLine();
  const save = h("button.button", { type: "button", onclick: () => saveNotes() });
  const label = h("span");
  const stop = h("button.button.running", { type: "submit" }, icon("stop"), label);

  const isChanged = () => notes.input.value.trim() != saved;
  const submit = async (/** @type {Event} */ event) => {
    event?.preventDefault();
    if (isChanged() && !(await act.saveNotes(notes.input.value.trim()))) return;
    act.stop();
  };
  const saveNotes = () => isChanged() && act.saveNotes(notes.input.value.trim());
  notes.input.oninput = () => (save.hidden = !isChanged());
  const edit = h(
    "button.icon-button",
    { type: "button", "aria-label": words.editTitle, title: words.editTitle, onclick: () => act.edit(known) },
    icon("pencil"),
  );

  const now = h("div.now", {}, clock.element, h("div.booked", {}, project, detail), edit);

  return {
    element: h(
      "form.form",
      { noValidate: true, onsubmit: submit, onkeydown: submitKeys(saveNotes) },
      now,
      correction.element,
      notes.element,
      problem.element,
      h("div.actions", {}, total.element, save, stop),
    ),
    update(model) {
      const { snapshot, busy } = model;
      const { running } = snapshot.state;
      if (!running) return;
      now.classList.toggle("stale", !snapshot.isKnown);
      const isTouched = entry == running.entry_id && isChanged();
      entry = running.entry_id;
      saved = running.notes ?? "";
      if (!isTouched) notes.set(saved);
      known = entryOf(model);
      edit.disabled = Boolean(busy);
      clock.follow(sinceOf(running, snapshot.offset));
      write(project, running.project.name);
      write(detail, [running.task.name, running.client?.name].filter(Boolean).join(" · "));
      correction.update(model);
      problem.update(model);
      total.update(model);
      save.hidden = !isChanged();
      save.disabled = stop.disabled = Boolean(busy);
      stop.setAttribute("aria-busy", String(busy == "stop"));
      write(save, busy == "save" ? words.saving : words.save);
      write(label, busy == "stop" ? words.stopping : words.stop);
    },
    isTouched: isChanged,
    focus: () => stop.focus(),
  };
}

/**
 * What runs as an entry of the day: with its date where the day that is shown has it.
 * @param {Timer.Model} model
 */
function entryOf({ snapshot: { state, offset }, day }) {
  const { running } = /** @type {{running: Timer.Running}} */ (state);
  const known = day?.entries.find(({ entry_id }) => entry_id == running.entry_id);
  const seconds = elapsedSeconds(sinceOf(running, offset), Date.now());
  return { spent_date: null, lock: null, ...known, ...running, seconds, is_running: true };
}
