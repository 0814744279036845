/**
 * `window.HarvestBridge`, what a host's own code may call. An item is given as a timer's element, or in the words of the
 * markup: `{item: {id, name}, group?, account?, default?, permalink?}`.
 */
import { elapsedSeconds } from "../shared/elapsed.js";
import { removeAnnouncer } from "./announcer.js";
import { closeController, wakeController } from "./controller-frame.js";
import { frameQuery } from "./frame-query.js";
import { openPanel, removePanel } from "./panel-dialog.js";
import { startWatching, stopWatching } from "./page-watch.js";
import { give } from "./settings.js";
import { carryOut, show, state } from "./timers.js";
import { wishOf } from "./wish.js";

let isAlive = true;

export const HarvestBridge = {
  /** `{token: async () => "<jwt>"}` or `{tokenUrl}`, and the settings of `_harvestPlatformConfig`; `theme` too. */
  init(settings) {
    give(settings);
    if (!isAlive) startWatching();
    isAlive = true;
    wakeController();
  },
  /** Starts at once where project and task are known, else opens the panel. Rejects with `{code, message}`. */
  start: async (given) => carryOut("start", wishOf(given)),
  stop: async () => carryOut("stop", { item: state.running?.item ?? {} }),
  open: (given) => openPanel(frameQuery(wishOf(given))),
  /** `{status, running: {item, seconds} | null}`, as far as a host page may know it. */
  state: () => ({
    status: state.status,
    running: state.running && { item: state.running.item, seconds: elapsedSeconds(state.running.since, Date.now()) },
  }),
  /** Takes back everything: frames, listeners, styles. `init` begins again. */
  destroy() {
    isAlive = false;
    stopWatching();
    closeController();
    removePanel();
    removeAnnouncer();
    show();
  },
};
