/**
 * One stream for all tabs of a person on one site: a browser has six connections to us over HTTP/1.1, and ten tabs would use them up.
 * Of the pages that are seen one leads (Web Locks) and holds the stream; what it hears, and what any of them reads, goes to all
 * (BroadcastChannel). When the leader is hidden or closed the next one takes over, from the last event that was heard. Where frames may
 * have no channel (Firefox, with third-party storage blocked) each page holds a stream of its own.
 */
/**
 * @param {object} given
 * @param {(name: string, act: () => Promise<void>) => Promise<void>} given.oneTab runs `act` while no other tab runs one of the name
 * @param {(until: Promise<void>) => void} given.lead called when this page is to hold the stream, until the promise is fulfilled
 * @param {(message: any) => void} given.onMessage called with what the other tabs tell
 */
export function sharedStream({ oneTab, lead, onMessage }) {
  /** @type {string | null} */
  let name = null;
  /** @type {BroadcastChannel | null} */
  let channel = null;
  /** @type {(() => void) | null} */
  let leave = null;
  let isLeader = false;

  const stand = () => {
    const until = /** @type {Promise<void>} */ (new Promise((resolve) => (leave = resolve)));
    let hasLeft = false;
    until.then(() => (hasLeft = true));
    (channel ? oneTab : alone)(`stream ${name}`, async () => {
      if (hasLeft) return;
      isLeader = true;
      lead(until);
      await until.finally(() => (isLeader = false));
    });
  };

  return {
    isLeader: () => isLeader,
    /**
     * Takes part, as the person on this site.
     * @param {string} who
     */
    join(who) {
      if (name == who && leave) return;
      this.leave();
      name = who;
      channel = channelOf(`harvest-bridge ${who}`);
      if (channel) channel.onmessage = ({ data }) => onMessage(data);
      stand();
    },
    leave() {
      leave?.();
      leave = null;
      channel?.close();
      channel = null;
    },
    tell: (/** @type {any} */ message) => channel?.postMessage(message),
  };
}

const alone = (/** @type {string} */ _name, /** @type {() => Promise<void>} */ act) => act();

/** @param {string} name */
function channelOf(name) {
  try {
    return new BroadcastChannel(name);
  } catch {
    return null;
  }
}
