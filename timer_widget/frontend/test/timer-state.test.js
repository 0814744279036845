import assert from "node:assert/strict";
import { test } from "node:test";
import { CONNECTING, eventsBetween, pageState, shownState, withLastKnown } from "../src/controller/timer-state.js";
import { itemKey } from "../src/shared/item.js";

const NOON = Date.parse("2026-11-24T12:00:00Z");
const KEY = { id: "1", group_id: null };
const RUNNING = {
  entry_id: 7,
  item: { ...KEY, account_id: null, permalink: "https://x.test/1" },
  client: { id: 1, name: "Secret client" },
  project: { id: 1, name: "Secret project" },
  task: { id: 1, name: "Secret task" },
  notes: "Secret notes",
  started_at: "2026-11-24T11:58:00Z",
  seconds_before: 60,
};
const state = (more) => ({
  person: { id: "1", name: "Secret person", email: "secret@example.com" },
  connection: { status: "active", harvest_account_name: "Secret account", timesheet_url: null },
  running: null,
  item: null,
  server_now: "2026-11-24T12:00:00Z",
  ...more,
});
const shown = (more, before = CONNECTING) => shownState(before, state(more), NOON);

test("no name of Harvest's reaches the page", () => {
  assert.ok(!JSON.stringify(pageState(shown({ running: RUNNING }))).includes("ecret"));
});

test("a running timer is an item, an entry and a moment", () => {
  const { mark, ...running } = shown({ running: RUNNING }).running;
  assert.deepEqual(running, { item: KEY, entry_id: 7, started_at: RUNNING.started_at, since: NOON - 180_000 });
});

test("a connection's status decides", () => {
  const status = (of) => shown({ connection: { status: of } }).status;
  assert.deepEqual(["none", "needs_reauth", "active", "?"].map(status), ["signed-out", "relink", "ready", "error"]);
});

test("an account that cannot be asked says nothing of the timer that ran", () => {
  const lost = state({ connection: { status: "none", reason: "account_needs_reauth" }, is_known: false });
  const before = state({ running: RUNNING });
  const next = shownState(shownState(CONNECTING, before, NOON), withLastKnown(before, lost), NOON);
  assert.deepEqual([next.status, next.isKnown, next.running.entry_id], ["relink", false, 7]);
  assert.equal(pageState(next).isStale, true);
});

test("a total leaves out the time that still runs, and takes it in once it stopped", () => {
  const running = shown({ running: RUNNING, item: { ...KEY, seconds: 1180 } });
  assert.equal(running.totals[itemKey(KEY)], 1000);
  const stopped = shownState(running, state({}), NOON + 60_000);
  assert.equal(stopped.totals[itemKey(KEY)], 1240);
});

test("the answer's own total beats what was reckoned", () => {
  const running = shown({ running: RUNNING, item: { ...KEY, seconds: 1180 } });
  assert.equal(shown({ item: { ...KEY, seconds: 1200 } }, running).totals[itemKey(KEY)], 1200);
});

test("a state that cannot say what runs keeps the last known timer, and is no event", () => {
  const before = state({ running: RUNNING });
  const unread = [{ connection: { status: "needs_reauth" } }, { is_known: false }, { is_known: false, running: RUNNING }];
  for (const more of unread) {
    const next = withLastKnown(before, state(more));
    const after = shownState(shown({ running: RUNNING }), next, NOON);
    assert.deepEqual([after.running.entry_id, after.isKnown], [7, false]);
    assert.ok(!names(shown({ running: RUNNING }), after).includes("stopped"));
    assert.deepEqual(names(after, shown({ running: RUNNING }, after)), []);
    assert.equal(pageState(after).isStale, true);
  }
  assert.equal(withLastKnown(before, state({ connection: { status: "none" } })).running, null);
  assert.equal(withLastKnown(before, { ...state({ is_known: false }), person: { id: "2" } }).running, null);
});

const names = (before, after) => eventsBetween(before, after, NOON).map(({ name }) => name);

test("each change is one event", () => {
  const idle = shown({});
  const one = shown({ running: RUNNING });
  const other = shown({ running: { ...RUNNING, entry_id: 8, item: null } });
  assert.deepEqual(names(CONNECTING, one), ["ready"]);
  assert.deepEqual(names(idle, idle), []);
  assert.deepEqual(names(idle, one), ["started"]);
  assert.deepEqual(names(one, one), []);
  assert.deepEqual(names(one, other), ["switched"]);
  assert.deepEqual(names(one, shown({ running: { ...RUNNING, notes: "Other notes" } })), ["updated"]);
  assert.deepEqual(names(other, idle), ["stopped"]);
});

test("a person who has to sign in is an event when it begins", () => {
  const out = shown({ connection: { status: "none" } });
  assert.deepEqual([names(CONNECTING, out), names(out, out)], [["auth-needed"], []]);
});

test("a switch tells what ran before and how long", () => {
  const [event] = eventsBetween(shown({ running: RUNNING }), shown({ running: { ...RUNNING, entry_id: 8 } }), NOON);
  assert.deepEqual([event.entry_id, event.previous.entry_id, event.previous.seconds], [8, 7, 180]);
});
