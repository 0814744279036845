/**
 * What the panel tells the page around it, in the words that Harvest's frame has always used. `timer:started` comes before
 * `frame:close`, so that a page can tell a start from a cancel.
 */
import { STOPPED_MESSAGE, startedMessage } from "../shared/vendor-messages.js";

/**
 * @param {Window} parent
 * @param {string | null} origin
 */
export function parentPage(parent, origin) {
  const post = (/** @type {object} */ message) => origin && parent.postMessage(message, origin);
  return {
    resize: (/** @type {number} */ height) => post({ type: "frame:resize", value: height }),
    close: () => post({ type: "frame:close" }),
    stopped: () => post(STOPPED_MESSAGE),
    started: (/** @type {Timer.Item} */ item) => post(startedMessage(item)),
  };
}
