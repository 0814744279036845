import assert from "node:assert/strict";
import { test } from "node:test";
import { onColour } from "../src/panel/theme.js";
import { secondsBetween } from "../src/panel/time-fields.js";
import { clockValue, lastMomentAt, localDate } from "../src/panel/moments.js";

const noon = new Date(2026, 10, 24, 12, 0).getTime();

test("a time of day is the last moment at which the clock showed it", () => {
  assert.equal(lastMomentAt("11:45", noon), noon - 15 * 60_000);
  assert.equal(localDate(lastMomentAt("23:00", noon)), "2026-11-23");
  assert.equal(clockValue(lastMomentAt("08:05", noon)), "08:05");
});

test("an end before the start lies on the next day", () => {
  assert.equal(secondsBetween("09:00", "10:15"), 4500);
  assert.equal(secondsBetween("23:30", "00:15"), 2700);
});

test("words on a host's colour are black or white, whichever is read better", () => {
  assert.deepEqual(["#ffdd00", "#1562d6", "#000000", "#ffffff"].map(onColour), ["#000", "#fff", "#fff", "#000"]);
});
