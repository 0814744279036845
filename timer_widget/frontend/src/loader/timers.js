/**
 * The timers on the page, what the controller last said of them, and what a click means.
 * No credential is here, and nothing of Harvest but what a host page may know: item ids, moments and seconds.
 */
import { untilNextSecond } from "../shared/elapsed.js";
import { isSameItem, itemKey } from "../shared/item.js";
import { announce } from "./announcer.js";
import { callController, connect, hintController } from "./controller-frame.js";
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

/** Those that show a running time, which alone are painted each second. */
const ticking = new Set();

export const forget = (element) => timers.delete(element) && ticking.delete(element);

/** The items of what is on the page: item key -> item. */
const items = new Map();
let told; // how many of them the controller was told of

/** The controller looks up what is tracked on them, all at once; those that it knows already cost it nothing. */
export function tellItems() {
  if (state.status != "ready" || told == items.size) return;
  told = items.size;
  hintController("items", [...items.values()]);
}

export function paint(element) {
  if (!element.isConnected) return forget(element);
  const { item } = wishOf(element);
  const key = itemKey(item);
  items.set(key, item);
  const view = timerView(item, state, clicks.get(key), Date.now());
  paintTimer(element, view);
  ticking[view.running ? "add" : "delete"](element);
}

function paintTicking() {
  clearTimeout(tick);
  ticking.forEach(paint);
  if (state.running) tick = setTimeout(paintTicking, untilNextSecond(state.running.since, Date.now()));
}

export function paintAll() {
  items.clear();
  timers.forEach(paint);
  paintTicking();
}

/** Clicks of the host's code that came before the controller spoke. */
export const waiting = [];

export function show(change) {
  state = { ...state, ...change };
  paintAll();
  told = null;
  tellItems();
  if (state.status != "connecting") waiting.splice(0).forEach((goOn) => goOn());
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

/**
 * Carries out a click; the button shows it at once, and shows plainly when it was refused.
 * @returns what the controller answers (for-host.js), "panel" where that opened for a person to choose
 */
export async function carryOut(call, wish) {
  const { item } = wish;
  const mark = (click) => {
    clicks.set(itemKey(item), click);
    paintAll();
  };
  mark({ kind: call });
  try {
    if (state.status == "connecting")
      await new Promise((goOn) => {
        waiting.push(goOn);
        connect();
      });
    let done = await callController(call, wish);
    if (done == "ask") {
      openPanel(wish);
      done = "panel";
    }
    mark();
    return done;
  } catch (error) {
    const { message } = error;
    const told = { code: "error", ...error, message };
    happened({ ...told, name: "error", item, said: message });
    mark({ kind: "failed", note: message });
    throw told;
  }
}

/** A click: stops what runs here; else the controller starts at once if it knows what on, and asks for the panel if not. */
export function activate(element, wantsPanel) {
  const wish = wishOf(element);
  const { item } = wish;
  const call = isSameItem(state.running?.item, item) ? "stop" : "start";
  if (clicks.get(itemKey(item))?.kind == call) return;
  if (state.status == "unavailable") callController("wake");
  else if (wantsPanel || state.status != "ready" || !item.id) openPanel(wish);
  else carryOut(call, wish).catch(() => {}); // The button shows it.
}
