/** The panel frame's script: holds what the panel knows, and shows the screen that follows from it. */
import { PANEL_OPEN, isFrom } from "../shared/host-messages.js";
import { clockText, elapsedSeconds, sinceOf } from "../shared/elapsed.js";
import { fill, panelWords as words } from "../shared/words.js";
import { openDoor } from "./controller-door.js";
import { frameParams, parentOrigin } from "./frame-params.js";
import { accountLinking } from "./linking.js";
import { parentPage } from "./parent-page.js";
import { screenOf } from "./screen.js";
import { hearSignIn } from "./sign-in.js";
import { connectScreen } from "./screens/connect-screen.js";
import { loadingScreen } from "./screens/loading-screen.js";
import { messageScreens } from "./screens/message-screen.js";
import { runningScreen } from "./screens/running-screen.js";
import { startScreen } from "./screens/start-screen.js";
import { shell } from "./shell.js";
import { sizing } from "./sizing.js";

const NOTHING_KNOWN = { door: "seeking", snapshot: null, catalogue: null, busy: null, problem: null, linking: null };

const origin = parentOrigin(location, document.referrer, document.documentElement.dataset.origin);
const host = parentPage(window.parent, origin);
let model = { ...NOTHING_KNOWN, ...frameParams(location.search) };
let call;
let screen;
let shownScreen;
let isLoading = false;

const act = {
  close: () => host.close(),
  listToggled: (list) => size.include(list),
  wake: () => call("wake"),
  connect: () => linking.begin(),
  load,
  start: (choice) =>
    attempt("start", async () => {
      await call("start", { item: model.item, ...choice });
      host.started(model.item);
      if (model.closable) host.close();
    }),
  stop: () =>
    attempt("stop", async () => {
      const { running } = model.snapshot.state;
      const seconds = elapsedSeconds(sinceOf(running, model.snapshot.offset), Date.now());
      await call("stop", { entry_id: running.entry_id, item: model.item });
      host.stopped();
      frame.say(fill(words.stopped, { time: clockText(seconds) }));
      load();
    }),
  saveNotes: (notes) =>
    attempt("save", async () => {
      await call("edit", { entry_id: model.snapshot.state.running.entry_id, notes });
      frame.say(words.saved);
    }),
};

hearSignIn((code) => call("signIn", { code }).then(load, (error) => set({ linking: { phase: "failed", message: error.message } })));
const linking = accountLinking({
  getUrl: () => call("connect"),
  ask: () => call("state", { item: model.item }),
  show: (step) => set({ linking: step }),
});
const makers = {
  ...messageScreens(act),
  loading: loadingScreen,
  connect: () => connectScreen(act),
  form: () => startScreen(act),
  running: () => runningScreen(act),
};
const frame = shell(act);
const size = sizing(frame.element, host.resize);

function set(change) {
  model = { ...model, ...change };
  const name = screenOf(model);
  if (name != shownScreen) {
    shownScreen = name;
    screen = makers[name]();
    frame.stage.replaceChildren(screen.element);
    screen.update(model);
    screen.focus?.();
  } else screen.update(model);
  frame.update(model);
  document.documentElement.dataset.theme = model.theme ?? "auto";
}

/** One thing at a time: marks it, says what went wrong, and answers whether it went well. */
async function attempt(busy, action) {
  if (model.busy) return false;
  set({ busy, problem: null });
  try {
    await action();
    return true;
  } catch (error) {
    set({ problem: error.message });
    return false;
  } finally {
    set({ busy: null });
  }
}

/** Reads what the form needs, once the account is linked. */
async function load() {
  const { item } = model;
  isLoading = true;
  try {
    const snapshot = await call("state", { item });
    const catalogue = snapshot.status == "ready" ? await call("projects", { item }) : null;
    if (item === model.item) set({ snapshot, catalogue, problem: null });
  } catch (error) {
    set({ problem: error.message, snapshot: await call("snapshot") });
  } finally {
    isLoading = false;
  }
}

function onState(snapshot) {
  const wasReady = model.snapshot?.status == "ready";
  set({ snapshot });
  if (snapshot.status != "ready" || wasReady || isLoading) return;
  linking.finish();
  set({ linking: null });
  load();
}

async function begin() {
  document.body.append(frame.element);
  set({});
  call = origin && (await openDoor(onState, origin));
  set({ door: call ? "open" : "none" });
  if (call && model.item) load();
}

window.addEventListener("message", (event) => {
  if (!isFrom(event, PANEL_OPEN, origin, window.parent)) return;
  linking.end();
  shownScreen = null;
  set({ ...frameParams(event.data.query), catalogue: null, busy: null, problem: null, linking: null });
  if (call && model.item) load();
});
window.addEventListener("keydown", (event) => {
  if (event.key == "Escape" && model.closable) host.close();
});

begin();
