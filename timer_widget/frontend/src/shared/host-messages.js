/**
 * Names of the messages between the host page and our frames, and the check that every one of them must pass.
 * A name carries the protocol's version, so that a pinned loader and a newer frame can recognise each other.
 */

/** Window messages that open the private channels. */
export const CONTROLLER_READY = "harvest-bridge:1:ready"; // controller -> page: {nonce}
export const CONTROLLER_HELLO = "harvest-bridge:1:hello"; // page -> controller: {nonce}, with a port
export const PANEL_HELLO = "harvest-bridge:1:panel"; // panel -> controller: with a port
export const PANEL_OPEN = "harvest-bridge:1:open"; // page -> panel: {query}

/** What the sign-in window says to the frame that opened it: {code}. */
export const SIGNED_IN = "harvest-bridge:sign-in";

/** The name by which the panel frame finds the controller frame beside it. */
export const CONTROLLER_NAME = "harvest-bridge:1";

/** What the dialog and its frame are called. */
export const PANEL_TITLE = "Harvest timer";

/**
 * True for a message of `type` from exactly this window at exactly this origin.
 * @param {MessageEvent} event
 * @param {string} type
 * @param {string | null} origin
 * @param {MessageEventSource | null | undefined} source
 */
export const isFrom = (event, type, origin, source) =>
  event.origin === origin && event.source === source && event.data?.type === type;
