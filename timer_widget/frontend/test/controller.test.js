import assert from "node:assert/strict";
import { test } from "node:test";
import { CHOICE, ITEM, away, bench, due, polls, retry, running, settled, state } from "./bench.js";

test("a click carries the moment by the server's clock and a key of its own", async () => {
  const { sent, controller } = bench();
  await controller.refresh();
  await controller.write("start", { item: ITEM, ...CHOICE });
  const [, { clicked_at, idempotency_key }] = sent.find(([name]) => name == "start");
  assert.equal(clicked_at, "2026-11-24T13:00:00.000Z");
  assert.equal(idempotency_key, "client-0123456789.1");
});

test("a lost answer is asked for once more with the same key", async () => {
  const { sent, controller } = bench({ start: (time) => (time == 1 ? away() : { state: state(running(7)) }) });
  await controller.refresh();
  assert.equal((await controller.write("start", { item: ITEM, ...CHOICE })).isPending, true);
  retry();
  await settled();
  const keys = sent.filter(([name]) => name == "start").map(([, { idempotency_key }]) => idempotency_key);
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
});

test("a refusal is not sent again, and the truth is looked up", async () => {
  const refused = { start: () => Promise.reject({ code: "harvest_rejected", status: 422, message: "Closed." }) };
  const { sent, controller } = bench(refused);
  await controller.refresh();
  await assert.rejects(controller.write("start", { item: ITEM }), { message: "Closed." });
  assert.deepEqual(sent.map(([name]) => name), ["session", "start", "state"]);
});

test("only what was clicked here is said aloud", async () => {
  const { host, controller } = bench();
  await controller.refresh();
  await controller.write("start", { item: ITEM, ...CHOICE });
  const said = host.events.map(({ name, said }) => [name, said]);
  assert.deepEqual(said, [["ready", undefined], ["started", "Timer started: One"]]);
});

const suggests = (from, more) => ({ suggestion: () => Promise.resolve({ suggested: { ...CHOICE, from, ...more } }) });

test("one click starts on a certain choice and asks for any other", async () => {
  for (const [from, answer] of [["host", "started"], ["item", "started"], ["group", "started"], ["rule", "started"], ["recent", "ask"]]) {
    const { sent, controller, page } = bench(suggests(from));
    await controller.refresh();
    assert.equal(await page.start({ item: ITEM, defaults: {} }), answer, from);
    assert.equal(sent.some(([name]) => name == "start"), answer == "started");
  }
  const { controller, page } = bench(suggests("item", { task_id: null }));
  await controller.refresh();
  assert.equal(await page.start({ item: ITEM, defaults: {} }), "ask");
});

test("the notes of one click are the host's template, else the item's name", async () => {
  for (const [defaults, notes] of [[{}, "One"], [{ notes_template: "[%ITEM_ID%] %ITEM_NAME%" }, "[1] One"]]) {
    const { sent, controller, page } = bench(suggests("item"));
    await controller.refresh();
    await page.start({ item: ITEM, defaults });
    assert.equal(sent.find(([name]) => name == "start")[1].notes, notes);
  }
});

test("a remembered choice that Harvest refuses asks; the page's own choice shows its error", async () => {
  const refused = { start: () => Promise.reject({ code: "harvest_rejected", status: 422, message: "Closed." }) };
  const remembered = bench({ ...suggests("item"), ...refused });
  await remembered.controller.refresh();
  assert.equal(await remembered.page.start({ item: ITEM, defaults: {} }), "ask");
  const named = bench({ ...suggests("host"), ...refused });
  await named.controller.refresh();
  await assert.rejects(named.page.start({ item: ITEM, defaults: {} }), { message: "Closed." });
});

test("a switch can be undone for as long as the new timer runs", async () => {
  const stopped = { entry_id: 6, project: { name: "Site" }, task: { name: "Design" }, hours: "1.25" };
  const { host, controller } = bench({ start: () => Promise.resolve({ state: state(running(7)), stopped }) });
  await controller.refresh();
  await controller.write("start", { item: ITEM, ...CHOICE });
  assert.deepEqual(controller.snapshot().undo, { entry_id: 7, previous: stopped });
  assert.equal(host.shown.at(-1).words.details, "Timer details, with undo of the switch");
  await controller.write("stop", { entry_id: 7 });
  assert.equal(controller.snapshot().undo, null);
});

test("a server that is away shows, and is asked again with growing patience", async () => {
  const { host, sent, controller } = bench({ session: away });
  await controller.refresh();
  assert.equal(host.shown.at(-1).status, "unavailable");
  for (const wait of [500, 1000, 2000, 4000, 4000]) {
    assert.ok(due.wait <= wait && due.wait >= wait / 2, `${due.wait}`);
    const before = sent.length;
    due.act();
    await settled();
    assert.equal(sent.length, before + 1);
  }
});

test("nothing is asked for a page that nobody sees", async () => {
  const { sent, controller } = bench({}, () => false);
  await controller.refresh();
  due.act();
  assert.deepEqual(sent.map(([name]) => name), ["session"]);
});

test("several hints at once cost one request", async () => {
  const { sent, controller } = bench();
  await controller.refresh();
  controller.wake();
  controller.wake();
  assert.deepEqual(sent.map(([name]) => name), ["session"]);
});

test("the page hears of one click in the words of Harvest's frame, once", async () => {
  const { host, controller, page } = bench(suggests("host"));
  await controller.refresh();
  assert.equal(await page.start({ item: ITEM, defaults: {} }), "started");
  assert.equal(await page.start({ item: ITEM, defaults: {} }), "running");
  assert.equal(await page.stop({ item: ITEM }), "stopped");
  assert.equal(await page.stop({ item: ITEM }), "idle");
  const [{ item_id, value, type }, stopped] = host.posted;
  assert.deepEqual([type, item_id, value.external_reference.id], ["timer:started", "1", "1"]);
  assert.deepEqual([stopped, host.posted.length], [{ type: "timer:stopped" }, 2]);
});

test("two starts of one item at the same moment make one entry", async () => {
  const { sent, controller, page } = bench(suggests("host"));
  await controller.refresh();
  const both = [1, 2].map(() => page.start({ item: ITEM, defaults: {} }));
  assert.deepEqual(await Promise.all(both), ["started", "started"]);
  assert.equal(sent.filter(([name]) => name == "start").length, 1);
});

test("what was pressed in the panel the panel tells, and the controller does not", async () => {
  const { host, controller } = bench();
  await controller.refresh();
  await controller.writeFromPanel("start", { item: ITEM, ...CHOICE });
  assert.deepEqual([host.events.at(-1).name, host.posted], ["started", []]);
  await controller.write("stop", { entry_id: 7 });
  assert.deepEqual(host.posted, [{ type: "timer:stopped" }]);
});

test("an item without an id is not sent: the entry has no reference", async () => {
  const { sent, controller } = bench();
  await controller.refresh();
  await controller.writeFromPanel("start", { item: { id: null, name: "Call" }, ...CHOICE, notes: "Call" });
  const [, body] = sent.find(([name]) => name == "start");
  assert.deepEqual([body.item, body.notes], [null, "Call"]);
});

/** A stream in the test's hands. */
const tap = () => {
  const taps = [];
  const open = async () => new ReadableStream({ start: (controller) => taps.push(controller) });
  return { taps, open, say: (text) => taps.at(-1).enqueue(new TextEncoder().encode(text)) };
};

test("a page that hears the stream asks seldom, and one that has lost it within twenty seconds", async () => {
  const { taps, open, say } = tap();
  const { controller, sent } = bench({ stream: open });
  await controller.refresh();
  await settled();
  assert.equal(polls().at(-1), 20_000);
  say(": hello\n\n");
  await settled();
  assert.equal(polls().at(-1), 300_000);
  taps[0].close();
  await settled();
  assert.ok(polls().at(-1) <= 20_000);
  assert.deepEqual(sent.map(([name]) => name), ["session"]);
});

test("what cannot be read now is asked for again soon, though the stream is heard", async () => {
  const { open, say } = tap();
  const { controller } = bench({ stream: open, session: () => ({ session: "s", state: { ...state(), is_known: false } }) });
  await controller.refresh();
  await settled();
  say(": hello\n\n");
  await settled();
  assert.deepEqual(polls(), [20_000]);
});

test("a stream is opened from the version that the first answer knows", async () => {
  const asked = [];
  const stream = async (bearer, signal, lastId) => (asked.push(lastId), new Promise(() => {}));
  const { controller } = bench({ stream, session: () => ({ session: "s", state: { ...state(), version: 7 } }) });
  await controller.refresh();
  await settled();
  assert.deepEqual(asked, ["7"]);
});
