import assert from "node:assert/strict";
import { test } from "node:test";
import { failureText } from "../src/panel/failure.js";
import { isTrouble, trouble } from "../src/panel/trouble.js";

test("what we know is said in the person's language, the rest in the server's words", () => {
  assert.equal(failureText({ code: "offline", message: "x" }), "You are offline.");
  assert.equal(failureText({ code: "harvest_rate_limited", message: "x", retry_after: 6.2 }), "Harvest has too much to do. Try again in 7 seconds.");
  assert.equal(failureText({ code: "harvest_rejected", message: "The project is closed." }), "The project is closed.");
});

test("a refusal says why", () => {
  assert.equal(failureText({ code: "entry_locked", message: "Item Approved" }), "This time is locked in Harvest. (Item Approved)");
});

test("who is away is told apart", () => {
  const titles = ["offline", "harvest_timeout", "harvest_rate_limited", "unavailable"].map((code) => trouble({ code })[0]);
  assert.equal(new Set(titles).size, 4);
  assert.ok(!isTrouble({ code: "harvest_rejected", status: 422 }));
});
