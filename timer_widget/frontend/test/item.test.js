import assert from "node:assert/strict";
import { test } from "node:test";
import { isSameItem, itemKey, makeItem } from "../src/shared/item.js";

test("ids become strings, whatever they were", () => {
  const ids = [1337, "1337", 0, "issues/12"].map((id) => makeItem({ id }).id);
  assert.deepEqual(ids, ["1337", "1337", "0", "issues/12"]);
});

test("an item without a usable id is none", () => {
  const parts = [null, undefined, {}, { id: null }, { id: "" }, { id: {} }, { id: "x".repeat(256) }, "text", []];
  assert.deepEqual(parts.map((part) => makeItem(part)), parts.map(() => null));
});

test("an item without a name goes by its id", () => {
  assert.equal(makeItem({ id: 5 }).name, "5");
});

test("a name is kept to a length that fits everywhere", () => {
  assert.equal(makeItem({ id: 5, name: "x".repeat(1_000_000) }).name.length, 500);
});

test("a missing group, null and an empty one are the same", () => {
  const groups = [undefined, null, ""];
  for (const group_id of groups) assert.ok(isSameItem({ id: "1", group_id }, { id: 1, group_id: null }));
});

test("an item in another group is another item", () => {
  assert.ok(!isSameItem({ id: "1", group_id: "a" }, { id: "1", group_id: "b" }));
  assert.ok(!isSameItem({ id: "1", group_id: "a" }, { id: "1" }));
});

test("nothing is never the same as anything", () => {
  assert.ok(!isSameItem(null, null));
  assert.ok(!isSameItem({ id: "1" }, null));
});

test("no two items share a key", () => {
  const keys = new Set([["a", "b"], ["ab", ""], ["a", ""], ["", "ab"]].map(([id, group_id]) => itemKey({ id, group_id })));
  assert.equal(keys.size, 4);
});
