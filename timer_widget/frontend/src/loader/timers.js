/**
 * The timers on the page, what the controller last said of them, and what a click means.
 * No credential is here, and nothing of Harvest but what a host page may know: item ids, moments and seconds.
 */
import { untilNextSecond } from "../shared/elapsed.js";
import { isSameItem, itemKey } from "../shared/item.js";
import { announce } from "./announcer.js";
import { callController, wakeController } from "./controller-frame.js";
import { DEFAULTS, frameQuery } from "./frame-query.js";
import { openPanel } from "./panel-dialog.js";
import { paintTimer } from "./timer-button.js";
import { timerView } from "./timer-view.js";
import { wishOf } from "./wish.js";

/** The elements, of either markup. */
export const timers = new Set();

const doing = new Map(); // item key -> "starting" | "stopping"
const failures = new Map(); // item key -> message of the refused click
let tick;

export let state;

export function paint(element) {
  const { item } = wishOf(element);
  const key = item && itemKey(item);
  paintTimer(element, timerView(item, state, doing.get(key), failures.get(key), Date.now()));
}

export function paintAll() {
  clearTimeout(tick);
  timers.forEach(paint);
  if (state.running && !document.hidden) tick = setTimeout(paintAll, untilNextSecond(state.running.since, Date.now()));
}

export function show(next = { status: "connecting", totals: {} }) {
  state = next;
  paintAll();
}
show();

export const isRunning = (item) => isSameItem(state.running?.item, item);

/** Tells the page once, on the timer's element if it is there, and people once. */
export function happened({ name, said, ...detail }) {
  const target = [...timers].find((element) => isSameItem(wishOf(element).item, detail.item)) ?? document.body;
  target.dispatchEvent(new CustomEvent("harvest-timer:" + name, { bubbles: true, composed: true, detail }));
  failures.clear();
  if (said) announce(said);
}

/** Carries out a click; the button shows it at once, and shows plainly when it was refused. */
export async function carryOut(call, wish) {
  const key = itemKey(wish.item);
  doing.set(key, call == "start" ? "starting" : "stopping");
  failures.delete(key);
  paintAll();
  try {
    if ((await callController(call, wish)) == "ask") openPanel(frameQuery(wish));
  } catch (error) {
    happened({ ...error, name: "error", item: wish.item, said: error.message });
    failures.set(key, error.message);
    throw error;
  } finally {
    doing.delete(key);
    paintAll();
  }
}

/** A click: stops what runs here; starts at once where the host named project and task; else opens the panel. */
export function activate(element, wantsPanel) {
  const wish = wishOf(element);
  const { item, defaults } = wish;
  const isNamed = (kind) => DEFAULTS.some((name) => name.startsWith(kind) && defaults[name]);
  const act = (call) => carryOut(call, wish).catch(() => {}); // The button shows it.
  if (!item || doing.has(itemKey(item))) return;
  if (state.status == "unavailable") wakeController();
  else if (wantsPanel) openPanel(frameQuery(wish));
  else if (isRunning(item)) act("stop");
  else if (state.status == "ready" && isNamed("project") && isNamed("task")) act("start");
  else openPanel(frameQuery(wish));
}
