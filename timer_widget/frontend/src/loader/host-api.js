/**
 * `window.HarvestBridge`, what a host's own code may call. An item is given as a timer's element, or in the words of the
 * markup: `{item: {id, name}, group?, account?, default?, permalink?}`.
 */
import { callController, closeController } from "./controller-frame.js";
import { activate, carryOut } from "./clicks.js";
import { beside } from "./home.js";
import { life, on } from "./lifetime.js";
import { openPanel, removePanel } from "./panel-dialog.js";
import { startWatching, stopWatching } from "./page-watch.js";
import { give } from "./settings.js";
import { forgetState, shownTimer, state, timers } from "./timers.js";
import { wishOf } from "./wish.js";

/** @type {import("../harvest-bridge").HarvestBridgeApi} */
export const HarvestBridge = {
  /** `{token: async () => "<jwt>"}` or `{tokenUrl}`, and the settings of `_harvestPlatformConfig`; `theme` too. */
  init(settings) {
    give(settings);
    if (life?.signal.aborted ?? true) startWatching();
    callController("wake");
  },
  /** Starts at once where project and task are known, else opens the panel. Rejects with `{code, message}`. */
  async start(given) {
    const wish = wishOf(given);
    if (!wish.item.id) throw { code: "item_required", message: "An item needs an id." };
    return carryOut("start", wish);
  },
  stop: async () => carryOut("stop", /** @type {Timer.Wish} */ ({ item: shownTimer()?.item ?? {} })),
  /** Registers keys such as "alt+shift+t" for an item, a function that returns one, or a timer of the page; null ends it. */
  async shortcut(...given) {
    const { setShortcut } = await import(/** @type {any} */ (beside("shortcuts.js")));
    setShortcut({ bridge: HarvestBridge, timers, activate, life, on }, ...given);
  },
  open: (given) => openPanel(wishOf(given)),
  /** `since` is when it would have shown 0:00:00, in ms. */
  state() {
    const { status, message, running } = /** @type {any} */ (state);
    return { status, message: message ?? null, running: running ? { item: running.item, entry_id: running.entry_id, since: running.since } : null };
  },
  /** Takes back everything: frames, listeners, styles. `init` begins again. */
  destroy() {
    stopWatching();
    closeController();
    removePanel();
    forgetState();
  },
};
