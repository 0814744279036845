/** The controller frame's script: the controller over our server. */
import { openController } from "./open-controller.js";
import { timerApi } from "./timer-api.js";

openController(timerApi({ base: new URL("../timer", location.href).href, fetch: window.fetch.bind(window) }));
