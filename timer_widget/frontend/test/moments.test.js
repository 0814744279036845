import assert from "node:assert/strict";
globalThis.document = { documentElement: { lang: "en" } };
import { test } from "node:test";
import { onColour } from "../src/panel/theme.js";
import { secondsBetween } from "../src/panel/time-fields.js";
import { clockValue, foreignZone, knownZone, lastMomentAt, localDate } from "../src/panel/moments.js";

const noon = new Date(2026, 10, 24, 12, 0).getTime();

test("a time of day is the last moment at which the clock showed it", () => {
  assert.equal(lastMomentAt("11:45", noon), noon - 15 * 60_000);
  assert.equal(localDate(lastMomentAt("23:00", noon)), "2026-11-23");
  assert.equal(clockValue(lastMomentAt("08:05", noon)), "08:05");
});

test("the clock of a zone counts, on the days when it is moved too", () => {
  const at = (value, now, zone) => new Date(lastMomentAt(value, Date.parse(now), zone)).toISOString().slice(0, 16);
  assert.equal(at("15:00", "2026-07-01T22:00Z", "America/New_York"), "2026-07-01T19:00");
  assert.equal(at("23:40", "2026-07-01T04:10Z", "America/New_York"), "2026-07-01T03:40");
  assert.equal(at("00:05", "2026-07-01T18:20Z", "Asia/Kathmandu"), "2026-07-01T18:20");
  assert.equal(at("03:30", "2026-03-29T02:00Z", "Europe/Berlin"), "2026-03-29T01:30"); // 02:00 became 03:00
  assert.equal(at("02:30", "2026-03-29T02:00Z", "Europe/Berlin"), "2026-03-28T01:30"); // there was none that day
  assert.equal(at("02:30", "2026-10-25T02:00Z", "Europe/Berlin"), "2026-10-25T01:30"); // the second of the two
  assert.equal(at("02:30", "2026-10-25T01:10Z", "Europe/Berlin"), "2026-10-25T00:30");
  assert.equal(clockValue(Date.parse("2026-07-01T04:10Z"), "America/New_York"), "00:10");
  assert.equal(localDate(Date.parse("2026-07-01T03:50Z"), "America/New_York"), "2026-06-30");
});

test("a zone that a browser does not know is none", () => {
  assert.equal(knownZone("Mars/Olympus"), undefined);
  assert.equal(knownZone("Europe/Kyiv"), "Europe/Kyiv");
  assert.equal(foreignZone(undefined, noon), "");
});

test("an end before the start lies on the next day", () => {
  assert.equal(secondsBetween("09:00", "10:15"), 4500);
  assert.equal(secondsBetween("23:30", "00:15"), 2700);
});

test("words on a host's colour are black or white, whichever is read better", () => {
  assert.deepEqual(["#ffdd00", "#1562d6", "#000000", "#ffffff"].map(onColour), ["#000", "#fff", "#fff", "#000"]);
});
