/**
 * The form: project, task, notes, and a time that was worked already or none. Without a time, a timer starts. What runs elsewhere
 * is shown above it, with its own stop.
 */
import { sinceOf } from "../../shared/elapsed.js";
import { firstNotes } from "../../shared/notes.js";
import { fill, panelWords as words } from "../../shared/translations.js";
import { firstChoice, projectOptions, taskAfter, taskOptions } from "../catalogue.js";
import { choiceField } from "../choice-field.js";
import { h, icon, submitKeys, write } from "../dom.js";
import { ticker } from "../ticker.js";
import { localDate } from "../moments.js";
import { notesField } from "../notes-field.js";
import { timeFields } from "../time-fields.js";
import { totalLine } from "../total-line.js";
import { problemLine } from "../problem-line.js";

/**
 * @param {Timer.Acts} act
 * @returns {Timer.Screen}
 */
export function startScreen(act) {
  /** @type {Timer.Catalogue} */
  let catalogue;
  /** @type {Timer.Day | null} */
  let day;
  /** @type {Timer.Model} */
  let shown;
  let isTouched = false;
  const elsewhere = elsewhereStrip(act);
  const project = choiceField({
    label: words.project,
    placeholder: words.findProject,
    onToggle: act.listToggled,
    onChoose(/** @type {Timer.Project?} */ chosen) {
      isTouched = true;
      offerTasks(chosen, taskAfter(chosen, task.value(), catalogue.recent ?? []));
      if (chosen) (task.value() ? notes.input : task.input).focus();
    },
  });
  const task = choiceField({
    label: words.task,
    placeholder: words.findTask,
    onToggle: act.listToggled,
    onChoose(/** @type {Timer.Task?} */ chosen) {
      isTouched = true;
      if (chosen) start.focus();
    },
  });
  const make = h("button.link.create", { type: "button", onclick: act.askProject }, icon("plus"), h("span"));
  const notes = notesField();
  const times = timeFields({ hint: words.timeHint, onInput: () => name(shown) });
  const problem = problemLine();
  const total = totalLine();
  const label = h("span");
  const signs = { timer: icon("play"), time: icon("check") };
  const start = h("button.button.primary", { type: "submit" }, signs.timer, signs.time, label);
  const cancel = h("button.button", { type: "button", onclick: () => cancelForm() }, words.cancel);

  const offerTasks = (/** @type {Timer.Project?} */ chosen, /** @type {Timer.Task?} */ preferred) =>
    task.offer(taskOptions(chosen), preferred, chosen ? {} : { hint: words.taskFirst, disabled: true });

  let isRepeat = false; // after time was saved, until the person does something else than press the same key again
  const submit = (/** @type {Event} */ event) => {
    event?.preventDefault();
    if (isRepeat && isTimer()) return;
    const chosen = { project: project.value(), task: task.value() };
    project.complain(chosen.project ? "" : words.chooseProject);
    task.complain(chosen.task || !chosen.project ? "" : words.chooseTask);
    if (!chosen.project) return project.input.focus();
    if (!chosen.task) return task.input.focus();
    const choice = { project_id: chosen.project.id, task_id: chosen.task.id, notes: notes.input.value.trim() };
    return isTimer() || shown.changing || shown.moving ? act.start(choice) : addTime(choice);
  };
  /** Another day wants a time: a timer runs today. */
  const isTimer = () => times.isEmpty() && [day?.today, localToday(), ""].includes(times.date());
  const addTime = async (/** @type {Timer.Choice} */ choice) => {
    const time = times.read();
    if (!time || !(await act.add({ ...choice, ...time.body }, time.seconds))) return;
    resetTime();
    isTouched = false;
    isRepeat = true;
  };
  const cancelForm = () => ((isTouched = false), shown.changing || shown.moving ? act.back() : act.close());
  const goOn = () => (isRepeat = false);
  const oninput = () => ((isTouched = true), goOn());
  const sendByKey = submitKeys(submit);
  const onkeydown = (/** @type {KeyboardEvent} */ event) => {
    if (!/^(Enter|Control|Meta)$/.test(event.key)) goOn();
    sendByKey(event);
  };
  const localToday = () => localDate(Date.now(), shown?.zone);
  let offeredDay = ""; // before the account's zone is known it is the browser's, whose day may be another
  const resetTime = () => times.set({ day: (offeredDay = day?.today ?? localToday()), last: day?.today });
  const take = (/** @type {any} */ { catalogue: next, defaults, item, named }) => {
    catalogue = next;
    const first = isTouched ? { project: project.value(), task: task.value() } : firstChoice(next.projects, next.suggested);
    project.offer(projectOptions(next.projects, next.recent), first.project);
    offerTasks(first.project, first.task);
    if (!notes.input.value && !isTouched) notes.set(firstNotes(item, defaults, named));
  };
  const takeDay = (/** @type {Timer.Day?} */ next) => {
    const isFirst = !day;
    day = next;
    times.useMode(day?.mode);
    // Whoever has chosen another day already keeps it.
    if (isFirst && times.isEmpty() && (isTimer() || times.date() == offeredDay)) resetTime();
  };
  const offerNew = (/** @type {any} */ { item, catalogue: { projects, may_create_project: may } }) => {
    const isNew = may && item.group_name && !projects.some((/** @type {Timer.Project} */ each) => each.name == item.group_name);
    make.hidden = !isNew;
    if (isNew) write(make.lastChild, fill(words.createProject, { name: item.group_name }));
  };
  /** The button says what it will do. */
  const name = (/** @type {Timer.Model} */ { busy, snapshot, changing, moving }) => {
    const starts = isTimer();
    const idle = moving ? words.moveHere : changing ? words.useThis : starts ? (snapshot.state.running ? words.switchTo : words.start) : words.saveTime;
    signs.timer.toggleAttribute("hidden", !starts);
    signs.time.toggleAttribute("hidden", starts);
    write(label, busy == "start" ? words.starting : busy == "add" ? words.savingTime : idle);
  };

  return {
    element: h(
      "form.form",
      { noValidate: true, onsubmit: submit, onkeydown, oninput, onmousedown: (/** @type {MouseEvent} */ { detail }) => detail > 1 || goOn() },
      elsewhere.element,
      h("div.group-of-two", {}, project.element, make),
      task.element,
      notes.element,
      times.element,
      problem.element,
      h("div.actions", {}, total.element, cancel, start),
    ),
    update(model) {
      shown = model;
      if (model.catalogue !== catalogue) take(model);
      if (model.day !== day || !times.date()) takeDay(model.day);
      offerNew(model);
      const { busy, closable, snapshot } = model;
      elsewhere.update(snapshot, busy);
      problem.update(model);
      total.update(model);
      cancel.hidden = !closable && !model.changing && !model.moving;
      start.disabled = Boolean(busy);
      start.setAttribute("aria-busy", String(busy == "start" || busy == "add"));
      name(model);
    },
    isTouched: () => isTouched,
    focus: () => (project.value() ? (task.value() ? start : task.input) : project.input).focus(),
  };
}

/**
 * The timer that runs for something else: named here, and only here, because this frame is ours.
 * @param {Timer.Acts} act
 */
function elsewhereStrip(act) {
  const clock = ticker(h("span.strip-time", { role: "timer" }));
  const name = h("span.strip-name");
  const stop = h("button.button.small", { type: "button", onclick: act.stop }, words.stopShort);
  const element = h(
    "section.strip",
    { "aria-label": words.runningElsewhere, title: words.willStop },
    h("span.dot", { "aria-hidden": "true" }),
    name,
    clock.element,
    stop,
  );
  return {
    element,
    update(/** @type {Timer.Model["snapshot"]} */ { state: { running }, offset }, /** @type {string?} */ busy) {
      element.hidden = !running;
      stop.disabled = Boolean(busy);
      if (running) write(name, `${running.project.name} · ${running.task.name}`);
      clock.follow(running ? sinceOf(running, offset) : null);
    },
  };
}
