import assert from "node:assert/strict";
import { test } from "node:test";
import { clockOffset, clockText, elapsedSeconds, hoursText, sinceOf, untilNextSecond } from "../src/shared/elapsed.js";

const NOON = Date.parse("2026-11-24T12:00:00Z");

test("a running time is told to the second", () => {
  const told = [0, 9, 754, 3600, 360_000].map(clockText);
  assert.deepEqual(told, ["0:00:00", "0:00:09", "0:12:34", "1:00:00", "100:00:00"]);
});

test("a settled time is told in hours and minutes, rounded as Harvest rounds", () => {
  assert.deepEqual([0, 29, 30, 5100, 3599].map(hoursText), ["0:00", "0:00", "0:01", "1:25", "1:00"]);
});

test("the time before a restart counts, and a wrong clock does not", () => {
  const wrongClock = NOON + 7_777_000;
  const offset = clockOffset("2026-11-24T12:00:00Z", wrongClock);
  const since = sinceOf({ started_at: "2026-11-24T11:59:00Z", seconds_before: 30 }, offset);
  assert.equal(elapsedSeconds(since, wrongClock), 90);
});

test("a clock that was set back never shows less than nothing", () => {
  assert.equal(elapsedSeconds(NOON, NOON - 5000), 0);
});

test("the next second comes exactly when the shown time changes", () => {
  assert.equal(untilNextSecond(NOON, NOON + 250), 750);
  assert.equal(untilNextSecond(NOON, NOON), 1000);
});
