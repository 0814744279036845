/**
 * Names of the messages between the host page and our frames, and the checks every one of them must pass.
 * The protocol carries a version, so that a pinned loader and a newer frame can recognise each other.
 */

export const PROTOCOL = 1;

/** Window messages that open the private channels. */
export const CONTROLLER_READY = "harvest-bridge:ready"; // controller -> page: {nonce}
export const CONTROLLER_HELLO = "harvest-bridge:hello"; // page -> controller: {nonce}, with a port
export const PANEL_HELLO = "harvest-bridge:panel"; // panel -> controller: with a port
export const PANEL_OPEN = "harvest-bridge:open"; // page -> panel: {query}

/** The name by which the panel frame finds the controller frame beside it. */
export const CONTROLLER_NAME = "harvest-controller";

/** True for a message of `type`, of our protocol, from exactly this window at exactly this origin. */
export const isFrom = (event, type, origin, source) =>
  event.origin === origin && event.source === source && event.data?.type === type && event.data.version === PROTOCOL;
