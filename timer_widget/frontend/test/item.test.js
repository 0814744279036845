import assert from "node:assert/strict";
import { test } from "node:test";
import { isSameItem, itemKey, makeItem } from "../src/shared/item.js";

test("ids become strings, whatever they were", () => {
  const ids = [1337, "1337", 0, "issues/12"].map((id) => makeItem({ id }).id);
  assert.deepEqual(ids, ["1337", "1337", "0", "issues/12"]);
});

test("without a usable id there is none, and the name stays", () => {
  const ids = [null, undefined, "", " ", "\u200b", {}, "x".repeat(256)];
  assert.deepEqual(ids.map((id) => makeItem({ id, name: "Call" })).map(({ id, name }) => [id, name]), ids.map(() => [null, "Call"]));
  for (const part of [null, undefined, {}, "text", []]) assert.equal(makeItem(part).id, null);
});

test("an id has one form, whatever surrounds it or cannot be seen", () => {
  for (const id of [77, " 77 ", "\n\t77\n", "\u00a077\u2003", "7\u200b7\ufeff", "\u200e77\u2069", "77\u0000"])
    assert.equal(makeItem({ id }).id, "77", JSON.stringify(id));
  assert.equal(makeItem({ id: "web \u00a0\n 12" }).id, "web 12");
  assert.equal(makeItem({ id: "caf\u0065\u0301" }).id, "caf\u00e9");
  assert.equal(makeItem({ id: 1 }, { id: " g\u00a0" }, { id: 5 }).group_id, "g");
});

test("a name keeps what emoji and scripts need, and is cut at whole characters", () => {
  assert.equal(makeItem({ id: 1, name: " Fix\u00a0 the\nlogin\u200b 👩‍💻 " }).name, "Fix the login 👩‍💻");
  const cut = makeItem({ id: 1, name: "x".repeat(499) + "😀" }).name;
  assert.deepEqual([cut.length, cut.isWellFormed?.() ?? true], [499, true]);
  assert.equal(makeItem({ id: 1, name: "a\ud83d" }).name, "a");
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
  assert.ok(!isSameItem({ id: null }, { id: null }), "no id");
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
