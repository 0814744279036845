import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { forgottenEvents, withForgotten } from "../src/controller/forgotten.js";
import { heartbeats } from "../src/controller/heartbeats.js";
import { reminder } from "../src/controller/reminder.js";

const ITEM = { id: "T-1", group_id: "web", account_id: "7", permalink: "https://host.example/t/1" };
const FORGOTTEN = {
  id: "f-1",
  status: "open",
  entry_id: 7,
  item: ITEM,
  project: { id: 1, name: "Secret project" },
  reason: "work_day",
  began_at: "2026-11-24T09:00:00Z",
  likely_stop_at: "2026-11-24T16:42:00Z",
  stopped_at: null,
  answers: ["stop", "continue", "move", "keep"],
};

/** @param {() => void} act */
function withTimers(act) {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.parse("2026-11-24T09:00:00Z") });
  try {
    act();
  } finally {
    mock.timers.reset();
  }
}

test("a page with a running timer says within a minute that it is seen, and once more before it is hidden", () =>
  withTimers(() => {
    const beats = [];
    let runs = true;
    const { look, last } = heartbeats({ isWanted: () => runs, beat: async () => beats.push(Date.now()), now: Date.now });
    look();
    look();
    assert.equal(beats.length, 0, "the session said it");
    mock.timers.tick(59_000);
    assert.equal(beats.length, 1);
    mock.timers.tick(10_000);
    last();
    assert.equal(beats.length, 2);
    last();
    mock.timers.tick(600_000);
    assert.equal(beats.length, 2);
    runs = false;
    look();
    last();
    assert.equal(beats.length, 2);
  }));

test("the page hears of a forgotten timer in ids and moments, without names", () => {
  const [event] = forgottenEvents([FORGOTTEN]);
  assert.deepEqual(event.item, { id: "T-1", group_id: "web" });
  assert.deepEqual([event.name, event.key, event.entry_id, event.likely_stop_at], ["forgotten", "f-1", 7, FORGOTTEN.likely_stop_at]);
  assert.ok(!JSON.stringify(event).includes("Secret"));
});

test("the button of a timer that is asked about needs a decision, and that of another does not", () => {
  const shows = { item: { id: "T-1", group_id: "web" }, entry_id: 7, since: 0 };
  const marked = withForgotten({}, shows, [FORGOTTEN]);
  assert.deepEqual(Object.values(marked).map(({ kind, isRetried }) => [kind, isRetried]), [["failed", false]]);
  assert.deepEqual(withForgotten({}, { ...shows, entry_id: 8 }, [FORGOTTEN]), {});
  assert.deepEqual(withForgotten({}, shows, [{ ...FORGOTTEN, status: "stopped" }]), {});
});

const RULE = { after_seconds: 1800, begins_at: "2026-11-24T08:00:00Z", ends_at: "2026-11-24T18:00:00Z" };

test("who tracks nothing is reminded after the time that was set, and again after as long", () =>
  withTimers(() => {
    const told = [];
    let isIdle = true;
    const reminds = reminder({ isIdle: () => isIdle, tell: (seconds) => told.push(seconds), now: Date.now });
    reminds.use(RULE);
    mock.timers.tick(1_799_000);
    assert.deepEqual([told, reminds.isReminding()], [[], false]);
    mock.timers.tick(1_000);
    assert.deepEqual([told, reminds.isReminding()], [[1800], true]);
    mock.timers.tick(1_800_000);
    assert.deepEqual(told, [1800, 3600]);
    isIdle = false;
    reminds.look();
    assert.equal(reminds.isReminding(), false);
    mock.timers.tick(7_200_000);
    assert.equal(told.length, 2);
  }));

test("nobody is reminded without a rule, or outside the work day", () =>
  withTimers(() => {
    const told = [];
    const reminds = reminder({ isIdle: () => true, tell: (seconds) => told.push(seconds), now: Date.now });
    reminds.use(null);
    mock.timers.tick(7_200_000);
    reminds.use({ ...RULE, ends_at: "2026-11-24T09:00:00Z" });
    mock.timers.tick(7_200_000);
    assert.deepEqual(told, []);
  }));
