import assert from "node:assert/strict";
import { test } from "node:test";
import { screenOf } from "../src/panel/screen.js";

const ITEM = { id: "1", group_id: null };
const NONE = { id: null, group_id: null };
const IDLE = { running: null };
const HERE = { running: { item: ITEM } };
const SOME = { projects: [{}] };
const screen = (more) => screenOf({ item: ITEM, controller: "connected", snapshot: null, catalogue: null, busy: null, ...more });

test("what is known decides the screen", () => {
  const told = {
    "no-session": screen({ controller: "none" }),
    "loading at first": screen({}),
    "loading while connecting": screen({ snapshot: { status: "connecting" } }),
    connect: screen({ snapshot: { status: "signed-out" } }),
    relink: screen({ snapshot: { status: "relink" } }),
    error: screen({ snapshot: { status: "error" } }),
    away: screen({ snapshot: { status: "unavailable", state: IDLE } }),
    "loading the projects": screen({ snapshot: { status: "ready", state: IDLE } }),
    form: screen({ snapshot: { status: "ready", state: IDLE }, catalogue: SOME }),
    empty: screen({ snapshot: { status: "ready", state: IDLE }, catalogue: { projects: [] } }),
    running: screen({ snapshot: { status: "ready", state: HERE } }),
    "running without a reference": screen({ item: NONE, snapshot: { status: "ready", state: { running: { item: null } } } }),
    "no item, another one runs": screen({ item: NONE, snapshot: { status: "ready", state: HERE }, catalogue: SOME }),
  };
  assert.deepEqual(Object.values(told), [
    "no-session",
    "loading",
    "loading",
    "connect",
    "connect",
    "error",
    "away",
    "loading",
    "form",
    "empty",
    "running",
    "running",
    "form",
  ]);
});

test("what was typed stays on the screen while the server is away", () => {
  assert.equal(screen({ snapshot: { status: "unavailable", state: IDLE }, catalogue: SOME }), "form");
});

test("the form stays until the start is answered", () => {
  assert.equal(screen({ snapshot: { status: "ready", state: HERE }, catalogue: SOME, busy: "start" }), "form");
});

test("what could not be read says why, and what passes by itself is told from what does not", () => {
  const ready = { status: "ready", state: IDLE };
  const failed = (problem) => screen({ snapshot: ready, problem });
  assert.deepEqual(
    [{ code: "harvest_unavailable" }, { code: "harvest_rate_limited" }, { code: "offline" }, { code: "harvest_forbidden" }, { code: "x" }].map(failed),
    ["away", "away", "away", "forbidden", "error"],
  );
  assert.equal(screen({ snapshot: { status: "connecting" }, problem: { code: "too_many_requests" } }), "away");
});

test("editing, a new project and signing out have screens of their own", () => {
  const ready = { status: "ready", state: HERE };
  for (const name of ["edit", "project", "sign-out"]) assert.equal(screen({ snapshot: ready, catalogue: SOME, view: { name } }), name);
  assert.equal(screen({ snapshot: ready, catalogue: SOME, linking: { phase: "waiting" } }), "connect");
});
