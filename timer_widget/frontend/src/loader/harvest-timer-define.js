/** Registers the tag, once per page. */
import { HarvestTimerElement } from "./harvest-timer-element.js";

customElements.get("harvest-timer") ?? customElements.define("harvest-timer", HarvestTimerElement);
