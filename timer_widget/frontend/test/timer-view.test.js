import assert from "node:assert/strict";
import { test } from "node:test";
import { timerView } from "../src/loader/timer-view.js";
import { itemKey } from "../src/shared/item.js";
import { buttonWords as words } from "../src/shared/translations.js";

const ITEM = { id: "1", name: "Fix login", group_id: null };
const HERE = { item: { id: "1", group_id: null }, since: 0 };
const ELSEWHERE = { item: { id: "2", group_id: null }, since: 0 };
const view = (state, click, item = ITEM) => timerView(item, { status: "ready", words, ...state }, click, 754_000);

test("before the controller has spoken a timer looks ready to start", () => {
  const { kind, text, name } = timerView(ITEM, { status: "connecting" }, undefined, 0);
  assert.deepEqual([kind, text, name], ["connecting", "Start timer", "Start timer, Fix login"]);
});

test("a frame that never speaks is told in the words that we have", () => {
  const { text, name } = timerView(ITEM, { status: "unavailable", message: "Away." }, undefined, 0);
  assert.deepEqual([text, name], ["Timer unavailable", "Timer unavailable, Fix login, Away."]);
});

test("each situation has its kind, its text and its name", () => {
  const told = [
    view({}),
    view({ running: HERE }),
    view({ running: ELSEWHERE }),
    view({ status: "signed-out" }),
    view({ status: "relink" }),
    view({ status: "unavailable", message: "Down." }),
    view({}, { kind: "start" }),
    view({ running: HERE }, { kind: "stop" }),
    view({}, { kind: "failed", note: "Closed." }),
    view({}, undefined, { id: null, name: null }),
  ].map(({ kind, name }) => [kind, name]);
  assert.deepEqual(told, [
    ["ready", "Start timer, Fix login"],
    ["running", "Stop timer, Fix login"],
    ["elsewhere", "Start timer, Fix login, another timer is running"],
    ["signed-out", "Connect Harvest, Fix login"],
    ["relink", "Reconnect Harvest, Fix login"],
    ["unavailable", "Timer unavailable, Fix login, Down."],
    ["start", "Starting…, Fix login"],
    ["stop", "Stopping…, Fix login"],
    ["failed", "Try again, Fix login, Closed."],
    ["ready", "Start timer"],
  ]);
});

test("what cannot be read is shown as last known, with what a press does", () => {
  const stale = { status: "unavailable", message: "Down.", isStale: true };
  const told = [view({ ...stale, running: HERE }), view(stale)].map(({ running, text, note, time, name }) => [running, text, note, time, name]);
  assert.deepEqual(told, [
    [true, "Cannot be read just now", "Cannot be read just now", "0:12:34", "Stop timer, Fix login, Cannot be read just now, Down."],
    [false, "Cannot be read just now", "Cannot be read just now", undefined, "Start timer, Fix login, Cannot be read just now, Down."],
  ]);
});

test("a running timer shows its time and never says it", () => {
  const { time, name } = view({ running: HERE, totals: { [itemKey(ITEM)]: "3:25" } });
  assert.equal(time, "0:12:34");
  assert.ok(!name.includes("0:12:34"));
});

test("an idle timer shows and says what is tracked on its item", () => {
  const { time, name } = view({ totals: { [itemKey(ITEM)]: "3:25" } });
  assert.deepEqual([time, name], ["3:25", "Start timer, Fix login, 3:25"]);
});
