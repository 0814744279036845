import assert from "node:assert/strict";
import { test } from "node:test";
import { tracedFetch } from "../src/controller/traced-fetch.js";

test("a click begins a trace where traces are wanted, each one of its own, and a look does not", () => {
  const asked = [];
  const fetch = tracedFetch((address, options) => asked.push(options.headers.traceparent), true);
  for (const method of ["POST", "PATCH", "GET"]) fetch("/timer/start", { method, headers: { Accept: "x" } });
  assert.match(asked[0], /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  assert.match(asked[1], /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  assert.notEqual(asked[0], asked[1]);
  assert.equal(asked[2], undefined);
});

test("where nobody wants traces, requests are as they were", () => {
  const fetch = () => {};
  assert.equal(tracedFetch(fetch, false), fetch);
});
