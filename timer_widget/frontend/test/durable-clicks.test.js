import assert from "node:assert/strict";
import { test } from "node:test";
import { personMark } from "../src/controller/person-mark.js";
import { CHOICE, ITEM, NOON, away, bench, retry, running, settled, state, storage } from "./bench.js";

const WISH = { item: ITEM, defaults: { project_id: 10, task_id: 1 } };
const suggestion = () => Promise.resolve({ suggested: { ...CHOICE, from: "host" } });
const started = () => Promise.resolve({ state: state(running(7)) });
const clicksOf = (sent) => sent.filter(([name]) => name == "start" || name == "stop").map(([name, { idempotency_key, entry_id, start_key }]) => [name, idempotency_key.split(".")[1], entry_id, start_key]);

/** A page on which a start could not be sent. */
async function offline(answers = {}, store = storage()) {
  let isAway = true;
  const unlessAway = (answer) => () => (isAway ? away() : answer());
  const all = { suggestion: unlessAway(suggestion), start: unlessAway(started), stop: unlessAway(() => Promise.resolve({ state: state() })), state: unlessAway(() => Promise.resolve(state())), ...answers };
  const made = bench(all, undefined, store);
  await made.controller.refresh();
  const before = await made.page.start(WISH);
  return { ...made, before, goOnline: () => (isAway = false), store };
}

test("a start that cannot be sent is kept, shown as waiting, and sent with its own key and moment", async () => {
  const { host, sent, page, before, goOnline, controller, store } = await offline();
  assert.equal(before, "pending");
  const { shows, marks, running: known } = host.shown.at(-1);
  assert.deepEqual([shows.item.id, Object.values(marks)[0].kind, known], ["1", "waiting", null]);
  assert.equal(await page.start(WISH), "running");
  goOnline();
  retry();
  await settled();
  assert.deepEqual(clicksOf(sent), [["start", "1", undefined, undefined]]);
  const { marks: after, running: runs } = host.shown.at(-1);
  assert.deepEqual([after, runs.entry_id, store.kept()], [{}, 7, []]);
  assert.deepEqual(host.events.map(({ name, said }) => [name, said]), [["ready", undefined], ["pending", "Waiting to be sent: One"], ["started", "Timer started: One"]]);
  assert.equal(controller.snapshot().clicks.length, 0);
});

test("a start and a stop without a line are sent in order, and the stop names the entry of its start", async () => {
  const { sent, page, host, goOnline } = await offline();
  assert.equal(await page.stop({ item: ITEM }), "pending");
  assert.equal(host.shown.at(-1).shows, null);
  goOnline();
  retry();
  await settled();
  assert.deepEqual(clicksOf(sent), [["start", "1", undefined, undefined], ["stop", "2", 7, undefined]]);
});

test("a stop after a start that the server has still to do names that start by its key", async () => {
  const click = { key: "client-0123456789.1", kind: "start", item: ITEM, entry_id: null, start_key: null, clicked_at: "2026-11-24T13:00:00Z", status: "pending", choices: [] };
  const { sent, page, host } = bench({ suggestion, start: () => Promise.resolve({ state: null, click }) });
  await page.wake();
  await settled();
  assert.equal(await page.start(WISH), "pending");
  assert.equal(Object.values(host.shown.at(-1).marks)[0].kind, "pending");
  await page.stop({ item: ITEM });
  assert.deepEqual(clicksOf(sent).at(-1), ["stop", "2", undefined, click.key]);
});

test("a page that opens later sends what another left, and nobody else's", async () => {
  const { store } = await offline();
  const stranger = bench({ suggestion, session: () => ({ session: "s", state: { ...state(), person: { id: "other" } } }) }, undefined, store);
  await stranger.controller.refresh();
  await settled();
  assert.deepEqual(clicksOf(stranger.sent), []);
  assert.equal(store.kept().length, 1);
  const later = bench({ suggestion, start: started }, undefined, store);
  await later.controller.refresh();
  await settled();
  assert.deepEqual(clicksOf(later.sent), [["start", "1", undefined, undefined]]);
  assert.deepEqual(store.kept(), []);
});

test("what people write stays out of the page's storage", async () => {
  const store = storage();
  const { controller } = bench({ start: away, edit: away }, undefined, store);
  await controller.refresh();
  await controller.writeFromPanel("start", { item: ITEM, ...CHOICE, notes: "Between us" });
  await controller.writeFromPanel("edit", { entry_id: 7, notes: "Between us" });
  assert.equal(store.kept().length, 1);
  assert.ok(!JSON.stringify(store.kept()).includes("Between us"));
});

test("a kept click that is refused is shown with what can be done, and done again with the same key", async () => {
  let isOpen = false;
  const start = () => (isOpen ? started() : Promise.reject({ code: "harvest_rejected", status: 422, message: "Closed." }));
  let isAway = true;
  const { host, sent, page, controller } = bench({ suggestion, start: () => (isAway ? away() : start()) });
  await controller.refresh();
  await page.start(WISH);
  isAway = false;
  retry();
  await settled();
  const [{ status, message, choices, key }] = controller.snapshot().clicks;
  assert.deepEqual([status, message, choices], ["failed", "Closed.", ["retry", "change", "drop"]]);
  assert.deepEqual([Object.values(host.shown.at(-1).marks)[0].kind, host.shown.at(-1).shows], ["failed", null]);
  isOpen = true;
  await page.decide({ key, decision: "retry" });
  assert.deepEqual(new Set(clicksOf(sent).map(([, count]) => count)), new Set(["1"]));
  assert.equal(host.shown.at(-1).running.entry_id, 7);
});

test("a start whose project nobody named is asked about once the line is back, and dropped on demand", async () => {
  let isAway = true;
  const { controller, page, sent } = bench({ suggestion: () => (isAway ? away() : Promise.resolve({ suggested: null })) });
  await controller.refresh();
  assert.equal(await page.start(WISH), "pending");
  isAway = false;
  retry();
  await settled();
  const [{ code, choices, key }] = controller.snapshot().clicks;
  assert.deepEqual([code, choices], ["choice_needed", ["change", "drop"]]);
  await page.decide({ key, decision: "drop" });
  assert.deepEqual([controller.snapshot().clicks, clicksOf(sent)], [[], []]);
});

test("a click older than three days is the person's to decide", async () => {
  const store = storage();
  const clicked_at = new Date(NOON - 72 * 3_600_000).toISOString(); // the server is an hour ahead
  store.keep({ key: "client-0123456789.9", person: personMark(undefined), name: "start", body: { item: ITEM, ...CHOICE }, clicked_at, offset: 0 });
  const { controller, sent, page } = bench({ start: started }, undefined, store);
  await controller.refresh();
  await settled();
  const [{ code, choices, key }] = controller.snapshot().clicks;
  assert.deepEqual([code, choices, clicksOf(sent)], ["click_too_old", ["retry", "drop"], []]);
  await page.decide({ key, decision: "retry" });
  assert.equal(sent.find(([name]) => name == "start")[1].clicked_at, clicked_at);
});

test("a failed click of the server is told once, and decided there", async () => {
  const click = { key: "k-1234567", kind: "stop", item: ITEM, entry_id: 7, start_key: null, clicked_at: "2026-11-24T13:00:00Z", status: "failed", code: "entry_locked", message: "Approved.", choices: ["drop"] };
  const { host, sent, controller, page } = bench({ state: () => ({ ...state(), clicks: [click] }), decision: () => ({ state: state() }) });
  await controller.refresh();
  await controller.refresh();
  await controller.refresh();
  const errors = host.events.filter(({ name }) => name == "error");
  assert.deepEqual(errors.map(({ code, key, choices }) => [code, key, choices]), [["entry_locked", "k-1234567", ["drop"]]]);
  await page.decide({ key: click.key, decision: "drop" });
  assert.deepEqual(sent.at(-1), ["decision", { key: click.key, decision: "drop" }]);
  assert.deepEqual(host.shown.at(-1).marks, {});
});

const PENDING = { key: "k-1234567", item: ITEM, entry_id: 7, start_key: null, clicked_at: "2026-11-24T13:00:00Z", status: "pending", choices: [] };
const OTHER = { id: "2", name: "Two", group_id: null };
const runs = { ...running(7), notes: "As before", seconds_before: 60 };
/** What the page and the panel show of a timer that runs and a click on it that waits at the server. */
async function waiting(click) {
  const { host, controller } = bench({ state: () => ({ ...state(runs), clicks: [{ ...PENDING, ...click }] }) });
  await controller.refresh();
  await controller.refresh();
  const { shows, marks } = host.shown.at(-1);
  return { shows, kinds: Object.values(marks).map(({ kind }) => kind), panel: controller.snapshot().state.running, page: host.shown.at(-1) };
}

test("an undone switch that waits shows the earlier timer with the time of both, as pending", async () => {
  const { shows, kinds, panel } = await waiting({ kind: "undo", shows: { item: OTHER, since: "2026-11-24T12:00:00Z" } });
  assert.deepEqual([shows.item, shows.since, kinds, panel], [OTHER, NOON - 3_600_000, ["pending", "pending"], null]);
});

test("a corrected start that waits shows the time since then, as pending", async () => {
  const { shows, kinds, panel } = await waiting({ kind: "move", shows: { item: ITEM, since: "2026-11-24T12:30:00Z" } });
  assert.deepEqual([shows.since, kinds, panel.started_at, panel.seconds_before], [NOON - 1_800_000, ["pending"], "2026-11-24T12:30:00Z", 0]);
});

test("a deletion that waits shows no timer", async () => {
  const { shows, kinds, panel } = await waiting({ kind: "delete" });
  assert.deepEqual([shows, kinds, panel], [null, ["pending"], null]);
});

test("an edit that waits is what the panel shows, and the page learns nothing of it", async () => {
  const { shows, panel, page } = await waiting({ kind: "edit", notes: "Secret", project: { id: 2, name: "Secret" } });
  assert.deepEqual([shows.entry_id, panel.notes, panel.project.name], [7, "Secret", "Secret"]);
  assert.ok(!JSON.stringify(page).includes("Secret"));
});

test("a click on another entry changes nothing of the timer", async () => {
  const { shows, kinds } = await waiting({ kind: "delete", entry_id: 8, item: null });
  assert.deepEqual([shows.entry_id, kinds], [7, []]);
});

test("an undo of a switch is shown in the same moment, and a stop after it names the timer that it takes back", async () => {
  const first = { ...running(6), item: OTHER };
  const stopped = { entry_id: 6, project: { name: "Site" }, task: { name: "Design" }, hours: "1.25" };
  const { host, controller, page, sent } = bench({ state: (count) => state(count == 1 ? first : running(7)), start: () => Promise.resolve({ state: state(running(7)), stopped }), undo: away });
  await controller.refresh();
  await controller.refresh();
  await controller.write("start", { item: ITEM, ...CHOICE });
  controller.writeFromPanel("undo", { entry_id: 7, previous_id: 6 });
  await settled();
  const { shows } = host.shown.at(-1);
  assert.deepEqual([shows.item.id, shows.since, controller.snapshot().undo], ["2", NOON - 4_500_000, null]);
  page.stop({ item: OTHER });
  await settled();
  assert.equal(host.shown.at(-1).shows, null);
  assert.deepEqual(sent.filter(([name]) => name == "undo").map(([, { shows: local, previous_id }]) => [local, previous_id])[0], [undefined, 6]);
});
