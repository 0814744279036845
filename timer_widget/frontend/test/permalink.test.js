import assert from "node:assert/strict";
import { test } from "node:test";
import { permalinkOf } from "../src/shared/permalink.js";

const ITEM = { id: "issues/12", group_id: "g", account_id: "a" };
const PAGE = "https://host.test/boards/1";
const link = (template, item = ITEM) => permalinkOf(template, item, PAGE);

test("each placeholder is filled wherever it stands, ids as they are", () => {
  const filled = link("https://x.test/%ACCOUNT_ID%/%GROUP_ID%/%PROJECT_ID%/%ITEM_ID%#%ITEM_ID%");
  assert.equal(filled, "https://x.test/a/g/g/issues/12#issues/12");
});

test("a link with a placeholder that stays open is no link", () => {
  assert.equal(link("https://x.test/%GROUP_ID%", { id: "1", group_id: null }), null);
  assert.equal(link("https://x.test/%OTHER_ID%"), null);
});

test("a relative link is the page's", () => {
  assert.equal(link("/t/%ITEM_ID%"), "https://host.test/t/issues/12");
});

test("only web addresses are links", () => {
  const refused = ["javascript:alert(1)", "JAVASCRIPT:alert(1)", " javascript:alert(1)", "data:text/html,x", "http://[", "ftp://x"];
  assert.deepEqual(refused.map((each) => link(each)), refused.map(() => null));
});

test("what is no address, or a template that was never filled, is no link", () => {
  const malformed = [
    '{"url":"https://x.test/%ITEM_ID%"}', "{{ url }}", "/t/{id}", "https://x.test/${id}", "https://x.test/<%= id %>",
    "[object Object]", "/t/%ITEM%", "https://x.test/50%", "not a link", "https://x.test/\\a", 'https://x.test/"', "/a|b",
  ];
  assert.deepEqual(malformed.map((each) => link(each)), malformed.map(() => null));
});

test("an id may hold what an address may not, and so may one that is encoded", () => {
  assert.equal(link("/t/%ITEM_ID%", { id: "a b{c}" }), "https://host.test/t/a%20b%7Bc%7D");
  assert.equal(link("/Doc.aspx?src=%7BAB-1%7D&n=%ITEM_ID%", { id: "1" }), "https://host.test/Doc.aspx?src=%7BAB-1%7D&n=1");
});

test("a link has an end", () => {
  assert.equal(link("https://x.test/" + "x".repeat(2000)), null);
});
