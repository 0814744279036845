/** The panel frame's script: holds what the panel knows, and shows the screen that follows from it. */
import { PANEL_OPEN, isFrom } from "../shared/host-messages.js";
import { itemKey } from "../shared/item.js";
import { acts } from "./acts.js";
import { connectController } from "./controller-client.js";
import { dayList } from "./day-list.js";
import { failureText } from "./failure.js";
import { frameParams, parentOrigin } from "./frame-params.js";
import { accountLinking } from "./linking.js";
import { knownZone, useClock } from "./moments.js";
import { parentPage } from "./parent-page.js";
import { screenOf } from "./screen.js";
import { connectScreen } from "./screens/connect-screen.js";
import { editScreen } from "./screens/edit-screen.js";
import { historyScreen } from "./screens/history-screen.js";
import { loadingScreen } from "./screens/loading-screen.js";
import { messageScreens } from "./screens/message-screen.js";
import { projectScreen } from "./screens/project-screen.js";
import { runningScreen } from "./screens/running-screen.js";
import { startScreen } from "./screens/start-screen.js";
import { shell } from "./shell.js";
import { hearSignIn } from "./sign-in.js";
import { sizing } from "./sizing.js";
import { isTrouble } from "./trouble.js";
import { wear } from "./theme.js";

const AGAIN_S = 10;
const FRESH = { catalogue: null, day: null, busy: null, problem: null, linking: null, view: null, notice: null, changing: null, moving: null };

const origin = parentOrigin(location, document.referrer, document.documentElement.dataset.origin);
const host = parentPage(window.parent, origin);
/** @type {Timer.Model} */
let model = /** @type {any} */ ({ controller: "connecting", snapshot: null, ...FRESH, ...frameParams(location.search) });
/** @type {any} a Timer.Call, once there is a controller */
let call;
/** @type {Timer.Screen} */
let screen;
/** @type {string | null} */
let shownScreen;
let isLoading = false;

const act = acts({
  model: () => model,
  set,
  attempt,
  call: (name, value) => call(name, value),
  load,
  loadDay,
  host,
  size: () => size,
  linking: () => linking,
  focusEntry: (id) => day.focus(id),
});
hearSignIn((code) =>
  call("signIn", { code }).then(
    () => load(),
    (/** @type {Timer.Failure} */ error) => set({ linking: { phase: "failed", message: failureText(error) } }),
  ),
);
const linking = accountLinking({
  ask: () => call("state", { item: model.item }),
  show: (step) => set({ linking: step, view: null }),
});
/** @type {Record<string, () => Timer.Screen>} */
const makers = {
  ...messageScreens(act),
  loading: loadingScreen,
  connect: () => connectScreen(act),
  form: () => startScreen(act),
  running: () => runningScreen(act),
  edit: () => editScreen(act, model),
  history: () => historyScreen(act, call, model),
  project: () => projectScreen(act, model),
};
const day = dayList(act);
const frame = shell(act, day);
const size = sizing(frame.element, host.resize);

/** @param {Partial<Timer.Model>} change */
function set(change) {
  model = { ...model, ...change };
  const name = screenOf(model);
  if (name != shownScreen) {
    shownScreen = name;
    screen = makers[name]();
    frame.stage.replaceChildren(screen.element);
    screen.update(model);
    frame.update(model, name);
    if (name == "running" && model.snapshot.undo && !model.busy) frame.undo.focus();
    else screen.focus?.();
  } else screen.update(model);
  frame.update(model, name);
  wear(model);
}

/**
 * One thing at a time: marks it, says what went wrong, and answers whether it went well.
 * @param {string} busy
 * @param {() => Promise<void>} action
 */
async function attempt(busy, action) {
  if (model.busy) return false;
  const focused = document.activeElement;
  set({ busy, problem: null, notice: null });
  try {
    await action();
    return true;
  } catch (/** @type {any} */ error) {
    set({ problem: error });
    return false;
  } finally {
    set({ busy: null });
    keepFocus(focused);
  }
}

/**
 * What had the focus may have been disabled, or be gone with its screen: focus is never left nowhere.
 * @param {any} before
 */
function keepFocus(before) {
  if (document.activeElement != document.body || !document.hasFocus()) return;
  const next = [before, frame.undo].find((each) => each != document.body && each.getClientRects().length);
  if (next) next.focus();
  else screen.focus?.();
}

/**
 * Reads what the form needs, once the account is linked; the day's list comes when it comes.
 * @param {{fresh?: boolean}} [how]
 */
async function load({ fresh } = {}) {
  const { item, defaults } = model;
  isLoading = true;
  try {
    const read = await call("state", { item });
    const isReady = read.status == "ready";
    if (isReady) loadDay(read);
    const catalogue = isReady ? await call("projects", { item, defaults, fresh }) : null;
    const snapshot = await call("snapshot"); // another may have been pushed meanwhile
    if (item === model.item) set({ snapshot, catalogue, problem: null });
  } catch (/** @type {any} */ error) {
    set({ problem: error, snapshot: await call("snapshot") });
    if (isTrouble(error) && !model.catalogue) tryAgainLater(item, error);
  } finally {
    isLoading = false;
  }
}

/**
 * @param {Timer.Item} item
 * @param {Timer.Failure} failure
 */
function tryAgainLater(item, { retry_after: wait = AGAIN_S }) {
  setTimeout(() => item === model.item && !model.catalogue && !isLoading && load(), wait * 1000);
}

/** What ran when the day was last asked for, and by which of several questions; nothing while none was asked. */
/** @type {{runs?: number} | null} */
let dayAsked = null;

const runningIn = (/** @type {Timer.Snapshot | null} */ snapshot) => snapshot?.state?.running?.entry_id;

/** The day is a nicety: without it the panel works, so its failure is told by its absence. An answer that is late is dropped. */
function loadDay(snapshot = model.snapshot) {
  const asked = (dayAsked = { runs: runningIn(snapshot) });
  const show = (/** @type {Partial<Timer.Model>} */ change) => asked == dayAsked && set(change);
  call("day", {}).then(
    (/** @type {Timer.Day} */ day) => {
      useClock(day.clock);
      show({ day: { ...day, readAt: Date.now() }, zone: knownZone(day.timezone), clock: day.clock });
    },
    () => show({ day: null }),
  );
}

/** @param {Timer.Model["snapshot"]} snapshot */
function onState(snapshot) {
  const wasReady = model.snapshot?.status == "ready";
  set({ snapshot });
  if (dayAsked && !model.busy && dayAsked.runs != runningIn(snapshot)) loadDay(); // it began or ended since
  if (snapshot.status != "ready" || wasReady || isLoading || !call) return; // without a call yet, the beginning loads
  linking.finish();
  set({ linking: null });
  load({ fresh: true });
}

async function begin() {
  document.body.append(frame.element);
  set({});
  call = origin && (await connectController(onState, origin));
  set({ controller: call ? "connected" : "none" });
  if (call) load();
}

window.addEventListener("message", (event) => {
  if (!isFrom(event, PANEL_OPEN, origin, window.parent)) return;
  linking.end();
  keepTyped();
  dayAsked = null;
  const asked = frameParams(event.data.query);
  set({ ...asked, ...FRESH, ...typedFor(asked) });
  if (call) load();
});
/** What was typed, and neither sent nor cancelled, is there still when the panel opens for the same item again. @type {Map<string, any>} */
const typed = new Map();

function keepTyped() {
  const { item, view, catalogue } = model;
  if (screen?.isTouched?.()) typed.set(itemKey(item), { screen, shownScreen, known: { view, catalogue } });
}

/** @param {{item: Timer.Item}} asked */
function typedFor({ item }) {
  const kept = typed.get(itemKey(item));
  typed.delete(itemKey(item));
  shownScreen = kept?.shownScreen ?? null;
  if (!kept) return {};
  screen = kept.screen;
  frame.stage.replaceChildren(screen.element);
  return kept.known;
}

window.addEventListener("keydown", (event) => {
  if (event.key != "Escape") return;
  if (model.view && !screen.isTouched?.()) act.back();
  else if (model.closable) host.close();
});

begin();
