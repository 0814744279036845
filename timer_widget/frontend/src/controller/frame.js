/** The controller frame's script: the controller over our server. */
import { openController } from "./open-controller.js";
import { timerApi } from "./timer-api.js";
import { tracedFetch } from "./traced-fetch.js";

openController(timerApi({ base: new URL("../timer", location.href).href, fetch: tracedFetch(window.fetch.bind(window)) }));
