/**
 * The timers on the page, and what the controller last said of them.
 * No credential is here, and nothing of Harvest but what a host page may know: item ids, moments and seconds.
 */
import { untilNextSecond } from "../shared/elapsed.js";
import { isSameItem, itemKey } from "../shared/item.js";
import { announce } from "./announcer.js";
import { emit } from "./emit.js";
import { paintTimer } from "./timer-button.js";
import { timerView } from "./timer-view.js";
import { wishOf } from "./wish.js";

/**
 * The elements, of either markup.
 * @type {Set<HTMLElement>}
 */
export const timers = new Set();

/**
 * What a click is doing, or why it failed: item key -> `{kind, note}`.
 * @type {Map<string, Timer.Click | undefined>}
 */
export const clicks = new Map();
const JUMP_MS = 1000;
/** @type {ReturnType<typeof setTimeout>} */
let tick;
/** @type {() => void} */
let onJump = () => {};
export const hearJumps = (/** @type {() => void} */ act) => (onJump = act);

/** @type {Timer.PageState} */
export let state;

/** What the buttons show as running: what was clicked last, done or not. */
export const shownTimer = () => (state.shows === undefined ? state.running : state.shows);

/**
 * Those that show a running time, which alone are painted each second.
 * @type {Set<HTMLElement>}
 */
const ticking = new Set();

export const forget = (/** @type {HTMLElement} */ element) => timers.delete(element) && ticking.delete(element);

/**
 * The items of what is on the page: item key -> item.
 * @type {Map<string, Timer.Item>}
 */
const items = new Map();
/** @type {number | null} */
let told; // how many of them the controller was told of

/** The items that the controller has to be told of, if they changed. */
export function newItems() {
  if (state.status != "ready" || told == items.size) return;
  told = items.size;
  return [...items.values()];
}

/** @param {HTMLElement} element */
export function paint(element) {
  if (!element.isConnected) return forget(element);
  const { item } = wishOf(element);
  const key = itemKey(item);
  items.set(key, item);
  const view = timerView(item, state, clicks.get(key), Date.now());
  paintTimer(element, view);
  ticking[view.ticks ? "add" : "delete"](element);
}

let clocks = Date.now() - performance.now(); // how far this computer's clock is from its stopwatch, when that was last looked at

/** After a sleep, or once the clock was set, the server's time has to be learnt anew. */
function hasJumped() {
  const before = clocks;
  clocks = Date.now() - performance.now();
  return Math.abs(clocks - before) > JUMP_MS;
}

function paintTicking() {
  if (hasJumped()) onJump();
  clearTimeout(tick);
  ticking.forEach(paint);
  const shows = shownTimer();
  if (shows) tick = setTimeout(paintTicking, untilNextSecond(shows.since, Date.now()));
}

export function paintAll() {
  items.clear();
  timers.forEach(paint);
  paintTicking();
}

/**
 * Clicks of the host's code that came before the controller spoke.
 * @type {((nothing?: undefined) => void)[]}
 */
export const waiting = [];

/** @param {Partial<Timer.PageState>} change */
export function show(change) {
  state = { ...state, ...change };
  paintAll();
  told = null;
  if (state.status != "connecting") waiting.splice(0).forEach((goOn) => goOn());
}

export function forgetState() {
  state = { status: "connecting" };
}
forgetState();

/**
 * Tells the page once, on the timer's element if it is there, and people once.
 * @param {Timer.HostEvent} event
 */
export function happened({ name, said, ...detail }) {
  const target = [...timers].find((element) => isSameItem(wishOf(element).item, detail.item)) ?? document.body;
  emit(target, "harvest-timer:" + name, detail);
  clicks.clear();
  if (said) announce(said);
}
