import assert from "node:assert/strict";
import { test } from "node:test";
import { namedChoice, namesBoth } from "../src/shared/named-choice.js";

const TASKS = [{ id: 1, name: "Design" }, { id: 2, name: "Development" }];
const PROJECTS = [
  { id: 10, code: "A", name: "Site", tasks: TASKS },
  { id: 11, code: null, name: "Twin", tasks: TASKS },
  { id: 12, code: null, name: "Twin", tasks: TASKS },
];
const ids = (defaults) => {
  const { project, task } = namedChoice(PROJECTS, defaults);
  return [project?.id ?? null, task?.id ?? null];
};

test("ids, codes and exact names each name one", () => {
  assert.deepEqual(ids({ project_id: "10", task_id: "2" }), [10, 2]);
  assert.deepEqual(ids({ project_code: "A", task_name: "Design" }), [10, 1]);
  assert.deepEqual(ids({ project_name: "Site", task_name: "design" }), [10, null]);
});

test("a name that two projects share names neither", () => {
  assert.deepEqual(ids({ project_name: "Twin", task_id: 1 }), [null, null]);
});

test("an id that fits none is not made up for by a name", () => {
  assert.deepEqual(ids({ project_id: 99, project_name: "Site" }), [null, null]);
});

test("both have to be named for a click to be enough", () => {
  assert.ok(namesBoth({ project_code: "A", task_name: "x" }));
  assert.ok(!namesBoth({ project_code: "A" }));
  assert.ok(!namesBoth({}));
});
