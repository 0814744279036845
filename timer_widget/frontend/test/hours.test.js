import assert from "node:assert/strict";
import { test } from "node:test";
import { decimalHours, secondsOf } from "../src/panel/hours.js";

test("hours are understood as people write them", () => {
  const minutes = {
    "1:30": 90, ":45": 45, "0:05": 5, "1.5": 90, "1,5": 90, ".5": 30, 2: 120, "90m": 90, "90 min": 90, "1h": 60,
    "1h30": 90, "1h 30m": 90, "1.5h": 90, "1h5": 65, " 1:30 ": 90, "1:30+15m": 105, "2-0.25": 105, "24:00": 1440,
  };
  for (const [text, wanted] of Object.entries(minutes)) assert.equal(secondsOf(text), wanted * 60, text);
});

test("hours are understood in any digits and in words", () => {
  const minutes = {
    "1:30:00": 90, "0:45:30": 45.5, "1 hour": 60, "2 hours": 120, "1 hr": 60, "90 minutes": 90, "1 hour 30 minutes": 90,
    "1 hour and 30 min": 90, "1h 30m 30s": 90.5, "90 min.": 90, "1h30": 90, "1 Std. 30 Min.": 90, "2 Stunden": 120, "1 heure 15": 75,
    "2 horas": 120, "1 ora": 60, "2 ore": 120, "1 uur": 60, "٣٠ دقيقة": 30, "١ ساعة": 60, "١:٣٠": 90, "١٫٥": 90, "۱:۳۰": 90,
    "१:३०": 90, "１：３０": 90, "１．５": 90, "๑.๕": 90, "1,5 h": 90, "\u200f١:٣٠": 90, "2−0:30": 90, "১.৫": 90,
  };
  for (const [text, wanted] of Object.entries(minutes)) assert.equal(secondsOf(text), wanted * 60, text);
});

test("nothing is nothing, and what is no time is not taken for one", () => {
  assert.equal(secondsOf("  "), null);
  for (const text of ["0", "0:00", "soon", "1:75", "25", "24:01", "1-2", "1:30:75", "1:2:3:4", "1+", "1 hour 90 min", "1٬000", "٣:٧٥", "hour", "1 fortnight", "--1", "1..5", "-1", "1h90m x"])
    assert.ok(Number.isNaN(secondsOf(text)), text);
});

test("Harvest keeps hundredths of an hour, and never less than one", () => {
  assert.deepEqual([5400, 4500, 20, 60].map(decimalHours), ["1.5", "1.25", "0.01", "0.02"]);
});
