/** One of the person's own entries: change it or delete it; or, where Harvest has locked it, why not. */
import { hoursText } from "../../shared/elapsed.js";
import { panelWords as words } from "../../shared/translations.js";
import { projectOptions, taskAfter, taskOptions, withEntry } from "../catalogue.js";
import { choiceField } from "../choice-field.js";
import { h, icon, submitKeys, write } from "../dom.js";
import { dayName } from "../moments.js";
import { notesField } from "../notes-field.js";
import { problemLine } from "../problem-line.js";
import { timeFields } from "../time-fields.js";

const ARMED_MS = 400; // a double click must not delete

/**
 * @param {Timer.Acts} act
 * @param {Timer.Model & {view: any}} model
 * @returns {Timer.Screen}
 */
export function editScreen(act, { view: { entry }, catalogue, day }) {
  if (entry.lock) return lockedScreen(act, entry);
  const projects = withEntry(catalogue?.projects ?? [], entry);
  const project = choiceField({
    label: words.project,
    placeholder: words.findProject,
    onToggle: act.listToggled,
    onChoose: (/** @type {Timer.Project?} */ chosen) => task.offer(taskOptions(chosen), taskAfter(chosen, task.value(), []), taskHint(chosen)),
  });
  const task = choiceField({ label: words.task, placeholder: words.findTask, onToggle: act.listToggled, onChoose() {} });
  const notes = notesField();
  const times = timeFields({});
  const problem = problemLine();
  const label = h("span");
  const save = h("button.button.primary", { type: "submit" }, label);
  const remove = deleteButton(() => act.remove(entry));

  const first = projects.find(({ id }) => id === entry.project.id);
  project.offer(projectOptions(projects), first);
  task.offer(taskOptions(first), entry.task);
  notes.set(entry.notes ?? "");
  times.useMode(day?.mode);
  times.set({ seconds: entry.seconds, started: entry.started_time, ended: entry.ended_time, day: entry.spent_date });
  if (entry.is_running) times.hideTime({ date: entry.spent_date });

  let isTouched = false;
  const submit = (/** @type {Event=} */ event) => {
    event?.preventDefault();
    project.complain(project.value() ? "" : words.chooseProject);
    task.complain(task.value() || !project.value() ? "" : words.chooseTask);
    if (!project.value()) return project.input.focus();
    if (!task.value()) return task.input.focus();
    const time = entry.is_running ? { body: times.date() ? { spent_date: times.date() } : {} } : times.read();
    if (!time) return;
    const place = { project_id: /** @type {Timer.Project} */ (project.value()).id, task_id: /** @type {Timer.Task} */ (task.value()).id, notes: notes.input.value.trim() };
    act.saveEntry({ entry_id: entry.entry_id, ...place, ...time.body });
  };

  return {
    element: h(
      "form.form",
      { noValidate: true, onsubmit: submit, onkeydown: submitKeys(submit), oninput: () => (isTouched = true), "aria-label": words.editTitle },
      project.element,
      task.element,
      notes.element,
      times.element,
      problem.element,
      h("div.actions", {}, remove, h("button.button", { type: "button", onclick: act.back }, words.back), save),
    ),
    update(model) {
      problem.update(model);
      save.disabled = remove.disabled = Boolean(model.busy);
      write(label, model.busy == "save" ? words.saving : words.saveEntry);
    },
    isTouched: () => isTouched,
    focus: () => notes.input.focus(),
  };
}

const taskHint = (/** @type {Timer.Project?} */ chosen) => (chosen ? {} : { hint: words.taskFirst, disabled: true });

/**
 * Asks once more, in its own place, and is armed only a moment later.
 * @param {() => void} run
 */
function deleteButton(run) {
  let askedAt = Infinity;
  const button = h("button.button.danger", { type: "button" }, words.delete);
  const calm = () => {
    askedAt = Infinity;
    write(button, words.delete);
  };
  button.onblur = calm;
  button.onclick = () => {
    if (askedAt == Infinity) {
      askedAt = Date.now();
      write(button, words.deleteSure);
    } else if (Date.now() - askedAt > ARMED_MS) {
      calm();
      run();
    }
  };
  return button;
}

/**
 * @param {Timer.Acts} act
 * @param {Timer.Entry & {lock: {reason: string, message: string}}} entry
 * @returns {Timer.Screen}
 */
function lockedScreen(act, entry) {
  const back = h("button.button", { type: "button", onclick: act.back }, words.back);
  const facts = [`${entry.project.name} · ${entry.task.name}`, `${hoursText(entry.seconds)} · ${dayName(/** @type {string} */ (entry.spent_date))}`];
  return {
    element: h(
      "div.message",
      {},
      h("span.message-sign", {}, icon("lock")),
      h(
        "div.message-words",
        {},
        h("h2.message-title", {}, words.lockedTitle),
        h("p.message-text", {}, /** @type {any} */ (words)["lock_" + entry.lock.reason]),
        h("p.message-text", {}, facts[0], h("br"), facts[1]),
        entry.notes && h("p.message-text.quoted", {}, h("bdi", {}, entry.notes)),
        h("p.message-text.small", { lang: "en" }, `Harvest: ${entry.lock.message}`),
      ),
      back,
    ),
    update() {},
    focus: () => back.focus(),
  };
}
