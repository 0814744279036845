/** What browsers have to load, as a test, so that a feature which costs too much is noticed where it is made. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const built = new URL("../../../static/timer_widget/", import.meta.url);
const size = (...names) =>
  names.map((name) => gzipSync(readFileSync(new URL(name, built)), { level: 9 }).length).reduce((one, other) => one + other);
const KB = 1024;

test("the loader is at most 7.5 KB", () => assert.ok(size("platform.js") <= 7.5 * KB, `${size("platform.js")}`));
const languages = readdirSync(built).filter((name) => /^frame\b.*js$/.test(name));

for (const frame of languages) {
  test(`all before a click is at most 19 KB with ${frame}`, () => assert.ok(size("platform.js", frame) <= 19 * KB));
  test(`the panel that goes with ${frame} is at most 45 KB`, () =>
    assert.ok(size(frame.replace("frame", "panel"), "panel.css") <= 45 * KB));
}
