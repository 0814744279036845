import assert from "node:assert/strict";
import { test } from "node:test";
import { clientOptions, firstChoice, matches, projectOptions, search, taskAfter, taskOptions, withEntry } from "../src/panel/catalogue.js";

const DESIGN = { id: 1, name: "Design", billable: true };
const ADMIN = { id: 2, name: "Admin", billable: false };
const project = (id, name, client, more) => ({ id, name, code: null, client: { id: 1, name: client }, tasks: [DESIGN, ADMIN], ...more });
const PROJECTS = [
  project(1, "Zoo", "Béta"),
  project(2, "Project 10", "Alpha", { code: "P-10" }),
  project(3, "Project 9", "Alpha"),
  project(4, "Gone", "Alpha", { is_active: false }),
  project(5, "Alone", null, { client: null, tasks: [ADMIN] }),
];
const labels = (options) => options.map(({ label }) => label);

test("projects come by client, then by name as people count", () => {
  assert.deepEqual(labels(projectOptions(PROJECTS)), ["Project 9", "Project 10", "Zoo", "Alone"]);
});

test("every word has to be found, in any order, accents and case aside", () => {
  const options = projectOptions(PROJECTS);
  assert.deepEqual(labels(search(options, "beta")), ["Zoo"]);
  assert.deepEqual(labels(search(options, "ALPHA  p-10")), ["Project 10"]);
  assert.deepEqual(labels(search(options, "nothing")), []);
  assert.equal(search(options, " ").length, 4);
});

test("what was found can be marked", () => {
  assert.deepEqual(matches("Website relaunch", "re web"), [[0, 3], [8, 10]]);
  assert.deepEqual(matches("ﬁne", "fi"), []);
});

test("tasks come by name and say when they are not billable", () => {
  assert.deepEqual(taskOptions(PROJECTS[0]).map(({ label, hint }) => [label, hint]), [["Admin", "non-billable"], ["Design", ""]]);
});

test("what was used last is on top, and only there while nothing is searched for", () => {
  const options = projectOptions(PROJECTS, [{ project_id: 1, task_id: 2 }, { project_id: 99, task_id: 1 }]);
  assert.deepEqual(options.map(({ label, group }) => [label, group])[0], ["Zoo", "Recent"]);
  assert.equal(options[0].hint, "Béta");
  assert.deepEqual(labels(search(options, "zoo")), ["Zoo"]);
});

test("what was used before stands in the form, and an only task needs no choice", () => {
  assert.deepEqual(firstChoice(PROJECTS, { project_id: 1, task_id: 2 }), { project: PROJECTS[0], task: ADMIN });
  assert.deepEqual(firstChoice(PROJECTS, { project_id: 5, task_id: 99 }), { project: PROJECTS[4], task: ADMIN });
  assert.deepEqual(firstChoice(PROJECTS, null), { project: null, task: null });
});

test("another project takes the task used last there, else one of the same name", () => {
  assert.equal(taskAfter(PROJECTS[2], { id: 77, name: "Design" }, []), DESIGN);
  assert.equal(taskAfter(PROJECTS[2], { id: 77, name: "Design" }, [{ project_id: 3, task_id: 2 }]), ADMIN);
  assert.equal(taskAfter(PROJECTS[4], { name: "Design" }, []), ADMIN);
});

test("an entry keeps a project and a task that can no longer be tracked to", () => {
  const gone = { project: { id: 9, name: "Old" }, task: { id: 7, name: "Legacy" }, client: { id: 1, name: "Alpha" } };
  assert.deepEqual(withEntry(PROJECTS, gone).at(-1).tasks, [gone.task]);
  assert.equal(withEntry(PROJECTS, { project: PROJECTS[0], task: ADMIN }), PROJECTS);
  const other = withEntry(PROJECTS, { ...gone, project: PROJECTS[0] });
  assert.deepEqual(other.find(({ id }) => id == 1).tasks, [DESIGN, ADMIN, gone.task]);
});

test("a client is offered once however many projects it has", () => {
  const projects = [project(1, "A", "Zeta"), project(2, "B", "Zeta"), project(3, "C", "Alpha", { client: { id: 2, name: "Alpha" } })];
  assert.deepEqual(labels(clientOptions(projects)), ["Alpha", "Zeta"]);
});
