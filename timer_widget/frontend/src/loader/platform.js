/**
 * The loader, served as `/assets/platform.js`: one classic script on the host's page. A second copy finds the first in charge.
 */
import "./harvest-timer-define.js";
import { HarvestBridge } from "./host-api.js";
import { scan } from "./page-watch.js";

window.HarvestPlatform ??= { findTimers: scan };
(window.HarvestBridge ??= HarvestBridge).init();
