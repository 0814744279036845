/** A controller over an API of functions, with the page's storage and the timers in the test's hands. */
import { afterEach, beforeEach } from "node:test";
import { createController } from "../src/controller/controller.js";
import { forHost } from "../src/controller/for-host.js";

export const NOON = Date.parse("2026-11-24T12:00:00Z");
export const ITEM = { id: "1", name: "One", group_id: null };
export const CHOICE = { project_id: 10, task_id: 1 };
export const state = (running = null) => ({
  connection: { status: "active" },
  running,
  item: null,
  server_now: "2026-11-24T13:00:00Z", // an hour ahead of us
});
export const running = (entry_id) => ({ entry_id, item: ITEM, started_at: "2026-11-24T13:00:00Z", seconds_before: 0 });

/** The page's storage, as several tabs share it. */
export function storage() {
  const kept = new Map();
  let count = 0;
  return {
    nextKey: () => `client-0123456789.${++count}`,
    keep: (click) => kept.set(click.key, structuredClone(click)),
    forget: (key) => kept.delete(key),
    unused: () => count--,
    kept: () => [...kept.values()],
  };
}

/** A page without other tabs, whose stream never says anything. */
const alone = () => ({ isLeader: () => true, join() {}, leave() {}, tell() {} });

export function bench(answers = {}, isVisible = () => true, store = storage()) {
  const sent = [];
  const record = (name, answer) => async (bearer, value) => {
    sent.push([name, value]);
    return answers[name] ? answers[name](sent.filter(([each]) => each == name).length) : answer;
  };
  const api = {
    session: record("session", { session: "s", state: state() }),
    state: record("state", state()),
    suggestion: record("suggestion", { suggested: null }),
    start: record("start", { state: state(running(7)) }),
    stream: answers.stream ?? (() => new Promise(() => {})),
    stop: record("stop", { state: state() }),
    edit: record("edit", { state: state() }),
    undo: record("undo", { state: state() }),
    decision: record("decision", { state: state() }),
  };
  const host = { ...store, lock: async () => {}, unlock() {}, token: async () => "t", shown: [], events: [], posted: [], post: (message) => host.posted.push(message), state: (next) => host.shown.push(next), event: (event) => host.events.push(event) };
  const controller = createController({ api, host, origin: "o", isVisible, shareStream: alone, now: () => NOON });
  return { sent, host, store, controller, page: forHost(controller) };
}
export const away = () => Promise.reject({ code: "unavailable", status: 0, message: "Away." });

/** The timer that was set last: what it will do and after how long; `all` of them. */
export let due;
let all = [];
const { setTimeout, setImmediate } = globalThis;
beforeEach(() => {
  all = [];
  globalThis.setTimeout = (act, wait) => all.push((due = { act, wait }));
});
/** Lets everything happen that needs no timer. */
export const settled = () => new Promise(setImmediate);
/** The timers of the queue, which retries with a jitter, and not of the poll. */
export const retry = () => all.findLast(({ wait }) => wait < 300 || wait % 1000).act();
/** After how long the page asks by itself, each time that was decided; the watch over a stream's silence is another matter. */
export const polls = () => all.map(({ wait }) => wait).filter((wait) => wait >= 2000 && wait != 18_000);
afterEach(() => (globalThis.setTimeout = setTimeout));

