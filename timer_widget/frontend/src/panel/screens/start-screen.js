/** The form: project, task, notes, start. What runs elsewhere is shown above it, with its own stop. */
import { sinceOf } from "../../shared/elapsed.js";
import { panelWords as words } from "../../shared/words.js";
import { firstChoice, projectOptions, taskAfter, taskOptions } from "../catalogue.js";
import { choiceField } from "../choice-field.js";
import { h, icon, write } from "../dom.js";
import { ticker } from "../ticker.js";
import { notesField } from "../notes-field.js";
import { totalLine } from "../total-line.js";
import { problemLine } from "../problem-line.js";

export function startScreen(act) {
  let catalogue;
  const elsewhere = elsewhereStrip(act);
  const project = choiceField({
    label: words.project,
    placeholder: words.findProject,
    onToggle: act.listToggled,
    onChoose(chosen) {
      offerTasks(chosen, taskAfter(chosen, task.value()));
      if (chosen) (task.value() ? notes.input : task.input).focus();
    },
  });
  const task = choiceField({
    label: words.task,
    placeholder: words.findTask,
    onToggle: act.listToggled,
    onChoose: (chosen) => chosen && start.focus(),
  });
  const notes = notesField();
  const problem = problemLine();
  const total = totalLine();
  const label = h("span");
  const start = h("button.button.primary", { type: "submit" }, icon("play"), label);
  const cancel = h("button.button", { type: "button", onclick: act.close }, words.cancel);

  const offerTasks = (chosen, preferred) =>
    task.offer(taskOptions(chosen), preferred, chosen ? {} : { hint: words.taskFirst, disabled: true });

  const submit = (event) => {
    event?.preventDefault();
    const chosen = { project: project.value(), task: task.value() };
    project.complain(chosen.project ? "" : words.chooseProject);
    task.complain(chosen.task || !chosen.project ? "" : words.chooseTask);
    if (!chosen.project) return project.input.focus();
    if (!chosen.task) return task.input.focus();
    act.start({ project_id: chosen.project.id, task_id: chosen.task.id, notes: notes.input.value.trim() });
  };
  notes.onSubmit(submit);

  const take = ({ catalogue: next, defaults, item, named }) => {
    catalogue = next;
    const first = firstChoice(next.projects, next.suggested, defaults);
    project.offer(projectOptions(next.projects), first.project);
    offerTasks(first.project, first.task);
    notes.set(named ? item.name : "");
  };

  return {
    element: h(
      "form.form",
      { noValidate: true, onsubmit: submit },
      elsewhere.element,
      project.element,
      task.element,
      notes.element,
      problem.element,
      h("div.actions", {}, total.element, cancel, start),
    ),
    update(model) {
      if (model.catalogue !== catalogue) take(model);
      const { busy, closable, snapshot } = model;
      elsewhere.update(snapshot, busy);
      problem.update(model);
      total.update(model);
      cancel.hidden = !closable;
      start.disabled = Boolean(busy);
      start.setAttribute("aria-busy", String(busy == "start"));
      write(label, busy == "start" ? words.starting : snapshot.state.running ? words.switchTo : words.start);
    },
    focus: () => (project.value() ? (task.value() ? start : task.input) : project.input).focus(),
  };
}

/** The timer that runs for something else: named here, and only here, because this frame is ours. */
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
    update({ state: { running }, offset }, busy) {
      element.hidden = !running;
      stop.disabled = Boolean(busy);
      if (running) write(name, `${running.project.name} · ${running.task.name}`);
      clock.follow(running ? sinceOf(running, offset) : null);
    },
  };
}
