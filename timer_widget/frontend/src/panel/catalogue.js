/**
 * Projects and tasks as choices: grouped by client, searched by words in any order, accents and case aside. Pure.
 * An option is `{value, label, hint, group, haystack}`; `value` is the record itself.
 */
import { panelWords as words } from "../shared/translations.js";

const plain = (/** @type {string} */ text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" }).compare;
const isActive = (/** @type {{is_active?: boolean}} */ { is_active }) => is_active !== false;

/**
 * By client; above them all those that were used last, which a search leaves out because it finds them below.
 * @param {Timer.Project[]} projects
 * @param {Timer.Recent[]} [recent]
 * @returns {Timer.Option<Timer.Project>[]}
 */
export function projectOptions(projects, recent = []) {
  const ids = [...new Set(recent.map(({ project_id }) => project_id))];
  const options = allOptions(projects);
  const used = /** @type {Timer.Option<Timer.Project>[]} */ (ids.map((id) => options.find(({ value }) => value.id === id)).filter(Boolean));
  return /** @type {Timer.Option<Timer.Project>[]} */ ([...used.map((option) => ({ ...option, hint: option.group, group: words.recent, isRecent: true })), ...options]);
}

/** @param {Timer.Project[]} projects */
function allOptions(projects) {
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

/**
 * @param {Timer.Project | null | undefined} project
 * @returns {Timer.Option<Timer.Task>[]}
 */
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

/**
 * The options that contain every word of `query`; those whose label begins with it come first within their group.
 * @param {Timer.Option[]} options
 * @param {string} query
 */
export function search(options, query) {
  const wanted = plain(query).split(/\s+/).filter(Boolean);
  return options.filter(({ haystack, isRecent }) => !(isRecent && wanted.length) && wanted.every((word) => haystack.includes(word)));
}

/**
 * Where the words of `query` are in `text`, as `[start, end]` pairs in order, for marking them.
 * @param {string} text
 * @param {string} query
 */
export function matches(text, query) {
  const folded = plain(text);
  if (folded.length != text.length) return []; // A folded ligature or accent moves the places; marking is only a nicety.
  /** @type {[number, number][]} */
  const found = [];
  for (const word of plain(query).split(/\s+/).filter(Boolean)) {
    const at = folded.indexOf(word);
    if (at >= 0) found.push([at, at + word.length]);
  }
  return found.sort(([one], [other]) => one - other).filter(([start], index, all) => !index || start >= all[index - 1][1]);
}

/**
 * What stands in the form at first; a single task needs no choice.
 * @param {Timer.Project[]} projects
 * @param {Timer.Choice | null | undefined} suggested
 */
export function firstChoice(projects, suggested) {
  const project = projects.find(({ id }) => id === suggested?.project_id) ?? null;
  return { project, task: project?.tasks.find(({ id }) => id === /** @type {Timer.Choice} */ (suggested).task_id) ?? onlyTask(project) };
}

/**
 * The task to keep when the project changes: the one used last there, one of the same name, or the only one there is.
 * @param {Timer.Project | null | undefined} project
 * @param {Timer.Task | null | undefined} before
 * @param {Timer.Recent[]} recent
 */
export function taskAfter(project, before, recent) {
  const used = recent.find(({ project_id }) => project_id === project?.id);
  const tasks = project?.tasks ?? [];
  return tasks.find(({ id }) => id === used?.task_id) ?? tasks.find(({ name }) => name === before?.name) ?? onlyTask(project);
}

/**
 * The projects with that of an entry, though it may no longer be tracked to.
 * @param {Timer.Project[]} projects
 * @param {Pick<Timer.Entry, "project" | "task" | "client">} entry
 * @returns {Timer.Project[]}
 */
export function withEntry(projects, { project, task, client }) {
  const known = projects.find(({ id }) => id === project.id);
  if (known?.tasks.some(({ id }) => id === task.id)) return projects;
  const tasks = [...(known?.tasks ?? []), task];
  return [...projects.filter((each) => each !== known), { code: null, ...project, client, ...known, tasks }];
}

/**
 * The clients of these projects, each once.
 * @param {Timer.Project[]} projects
 * @returns {Timer.Option<Timer.Named>[]}
 */
export function clientOptions(projects) {
  const clients = new Map(projects.filter(({ client }) => client?.id).map((/** @type {any} */ { client }) => [client.id, client]));
  return [...clients.values()]
    .map((client) => ({ value: client, label: client.name, hint: "", group: null, haystack: plain(client.name) }))
    .sort((one, other) => byName(one.label, other.label));
}

const onlyTask = (/** @type {Timer.Project | null | undefined} */ project) => (project?.tasks.length == 1 ? project.tasks[0] : null);
