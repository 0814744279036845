/**
 * Projects and tasks as choices: grouped by client, searched by words in any order, accents and case aside. Pure.
 * An option is `{value, label, hint, group, haystack}`; `value` is the record itself.
 */
import { namedChoice } from "../shared/named-choice.js";
import { panelWords as words } from "../shared/words.js";

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" }).compare;
const isActive = ({ is_active }) => is_active !== false;

export function projectOptions(projects) {
  return projects
    .filter(isActive)
    .map((project) => ({
      value: project,
      label: project.name,
      hint: project.code ?? "",
      group: project.client?.name ?? words.noClient,
    }))
    .sort((one, other) => byName(one.group, other.group) || byName(one.label, other.label))
    .map((option) => ({ ...option, haystack: plain(`${option.label} ${option.hint} ${option.group}`) }));
}

export function taskOptions(project) {
  return (project?.tasks ?? [])
    .filter(isActive)
    .map((task) => ({
      value: task,
      label: task.name,
      hint: task.billable === false ? words.nonBillable : "",
      group: null,
      haystack: plain(task.name),
    }))
    .sort((one, other) => byName(one.label, other.label));
}

/** The options that contain every word of `query`; those whose label begins with it come first within their group. */
export function search(options, query) {
  const wanted = plain(query).split(/\s+/).filter(Boolean);
  return options.filter(({ haystack }) => wanted.every((word) => haystack.includes(word)));
}

/** Where the words of `query` are in `text`, as `[start, end]` pairs in order, for marking them. */
export function matches(text, query) {
  const folded = plain(text);
  if (folded.length != text.length) return []; // A folded ligature or accent moves the places; marking is only a nicety.
  const found = [];
  for (const word of plain(query).split(/\s+/).filter(Boolean)) {
    const at = folded.indexOf(word);
    if (at >= 0) found.push([at, at + word.length]);
  }
  return found.sort(([one], [other]) => one - other).filter(([start], index, all) => !index || start >= all[index - 1][1]);
}

/** What stands in the form at first: what the host names beats what was used before; a single task needs no choice. */
export function firstChoice(projects, suggested, defaults) {
  const named = namedChoice(projects, defaults);
  const project = named.project ?? projects.find(({ id }) => id === suggested?.project_id) ?? null;
  const used = suggested?.project_id === project?.id && project?.tasks.find(({ id }) => id === suggested.task_id);
  return { project, task: named.task ?? (used || onlyTask(project)) };
}

/** The task to keep when the project changes: one of the same name, or the only one there is. */
export const taskAfter = (project, before) =>
  project?.tasks.find(({ name }) => name === before?.name) ?? onlyTask(project);

const onlyTask = (project) => (project?.tasks.length == 1 ? project.tasks[0] : null);
