/**
 * The project and task that a host's defaults name, if they name exactly one of each. Ids are the surest, then codes, then
 * exact names; a default that fits none or several leaves the choice to the person.
 */
const PARTS = ["id", "code", "name"];

function named(records, kind, defaults) {
  for (const part of PARTS) {
    const wanted = defaults[`${kind}_${part}`];
    if (wanted == null || wanted === "") continue;
    const found = records.filter((record) => record[part] != null && String(record[part]) === String(wanted));
    return found.length == 1 ? found[0] : null;
  }
  return null;
}

const isNamed = (kind, defaults) => PARTS.some((part) => defaults[`${kind}_${part}`]);

/** True when the host named a project and a task in some way, whether they exist or not. */
export const namesBoth = (defaults) => isNamed("project", defaults) && isNamed("task", defaults);

/** @returns `{project, task}`, either of them null where the defaults do not settle it */
export function namedChoice(projects, defaults) {
  const project = named(projects, "project", defaults);
  return { project, task: project && named(project.tasks, "task", defaults) };
}
