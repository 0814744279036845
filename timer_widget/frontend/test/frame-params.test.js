import assert from "node:assert/strict";
import { test } from "node:test";
import { frameParams, parentOrigin } from "../src/panel/frame-params.js";

test("every parameter of Harvest's frame is understood", () => {
  const search = new URLSearchParams({
    app_name: "Board",
    service: "host.test",
    permalink: "https://host.test/1",
    external_item_id: "1",
    external_item_name: "One",
    external_group_id: "g",
    external_group_name: "Group",
    external_account_id: "a",
    default_project_code: "A",
    default_project_name: "Site",
    closable: "false",
    chromeless: "true",
    accent: "#1166dd",
  });
  assert.deepEqual(frameParams(search), {
    item: { id: "1", name: "One", group_id: "g", group_name: "Group", account_id: "a", permalink: "https://host.test/1" },
    defaults: { project_code: "A", project_name: "Site" },
    named: true,
    appName: "Board",
    closable: false,
    chromeless: true,
    accent: "#1166dd",
    theme: null,
  });
});

test("what is left out has its default", () => {
  const { closable, chromeless, defaults, named } = frameParams("external_item_id=1");
  assert.deepEqual([closable, chromeless, defaults, named], [true, false, {}, false]);
});

test("the permalink goes by its old name too, and only as a web address", () => {
  const link = (search) => frameParams("external_item_id=1&" + search).item.permalink;
  assert.equal(link("base_url=https://x.test/"), "https://x.test/");
  assert.equal(link("permalink=javascript:alert(1)"), null);
});

test("without an item's id there is no reference, and so no permalink", () => {
  const { id, name, permalink } = frameParams("permalink=https://x.test/&external_item_name=Call").item;
  assert.deepEqual([id, name, permalink], [null, "Call", null]);
});

test("the page around is who the address says, else who the browser says", () => {
  assert.equal(parentOrigin({ search: "?origin=https://a.test", ancestorOrigins: ["https://b.test"] }, ""), "https://a.test");
  assert.equal(parentOrigin({ search: "", ancestorOrigins: ["https://b.test"] }, ""), "https://b.test");
  assert.equal(parentOrigin({ search: "" }, "https://c.test/page?x"), "https://c.test");
  assert.equal(parentOrigin({ search: "?origin=nonsense" }, ""), null);
  assert.equal(parentOrigin({ search: "?origin=data:text/html,x" }, ""), null);
});
