/** The sentence that people hear for an event that their own click caused. The item's name comes from that click. */
import { clockText } from "../shared/elapsed.js";
import { fill, spokenWords as words } from "../shared/translations.js";

/** @type {Record<string, string>} */
const SENTENCE = { started: words.started, switched: words.switched, stopped: words.stopped };

/**
 * @param {Timer.HostEvent} event
 * @param {string | null | undefined} itemName
 */
export const announcement = ({ name, seconds }, itemName) =>
  itemName && SENTENCE[name] && fill(SENTENCE[name], { name: itemName, time: clockText(/** @type {number} */ (seconds)) });
