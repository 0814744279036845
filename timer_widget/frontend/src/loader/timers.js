/**
 * The timers on the page, what the controller last said of them, and what a click means.
 * No credential is here, and nothing of Harvest but what a host page may know: item ids, moments and seconds.
 */
import { untilNextSecond } from "../shared/elapsed.js";
import { isSameItem, itemKey } from "../shared/item.js";
import { announce } from "./announcer.js";
import { callController } from "./controller-frame.js";
import { emit } from "./emit.js";
import { openPanel } from "./panel-dialog.js";
import { paintTimer } from "./timer-button.js";
import { timerView } from "./timer-view.js";
import { wishOf } from "./wish.js";

/** The elements, of either markup. */
export const timers = new Set();

/** What a click is doing, or why it failed: item key -> `{kind, note}`. */
const clicks = new Map();
let tick;

export let state;

export function paint(element) {
  const { item } = wishOf(element);
  paintTimer(element, timerView(item, state, item && clicks.get(itemKey(item)), Date.now()));
}

export function paintAll() {
  clearTimeout(tick);
  timers.forEach((element) => (element.isConnected ? paint(element) : timers.delete(element)));
  if (state.running) tick = setTimeout(paintAll, untilNextSecond(state.running.since, Date.now()));
}

export function show(change) {
  state = { ...state, ...change };
  paintAll();
}

export function forgetState() {
  state = { status: "connecting" };
}
forgetState();

/** Tells the page once, on the timer's element if it is there, and people once. */
export function happened({ name, said, ...detail }) {
  const target = [...timers].find((element) => isSameItem(wishOf(element).item, detail.item)) ?? document.body;
  emit(target, "harvest-timer:" + name, detail);
  clicks.clear();
  if (said) announce(said);
}

/** Carries out a click; the button shows it at once, and shows plainly when it was refused. */
export async function carryOut(call, wish) {
  const { item } = wish;
  const mark = (click) => {
    clicks.set(itemKey(item), click);
    paintAll();
  };
  mark({ kind: call });
  try {
    if ((await callController(call, wish)) == "ask") openPanel(wish);
    mark();
  } catch (error) {
    happened({ ...error, name: "error", item, said: error.message });
    mark({ kind: "failed", note: error.message });
    throw error;
  }
}

/** A click: stops what runs here; else the controller starts at once if it knows what on, and asks for the panel if not. */
export function activate(element, wantsPanel) {
  const wish = wishOf(element);
  const { item } = wish;
  const call = isSameItem(state.running?.item, item) ? "stop" : "start";
  if (!item || clicks.get(itemKey(item))?.kind == call) return;
  if (state.status == "unavailable") callController("wake");
  else if (wantsPanel || state.status != "ready") openPanel(wish);
  else carryOut(call, wish).catch(() => {}); // The button shows it.
}
