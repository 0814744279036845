/** What browsers have to load, as a test, so that a feature which costs too much is noticed where it is made. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const built = new URL("../../../static/timer_widget/", import.meta.url);
const size = (...names) =>
  names.map((name) => gzipSync(readFileSync(new URL(name, built)), { level: 9 }).length).reduce((one, other) => one + other);
const KB = 1024;

test("the loader is at most 5 KB", () => assert.ok(size("platform.js") <= 5 * KB, `${size("platform.js")}`));
test("all before a click is at most 14 KB", () => assert.ok(size("platform.js", "frame.js") <= 14 * KB));
test("the panel is at most 45 KB", () => assert.ok(size("panel.js", "panel.css") <= 45 * KB));
