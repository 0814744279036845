/**
 * Locks between the tabs of this page's origin, for the controller, whose frame has none where third-party storage is blocked.
 * Where the page has none either (it is no secure context) every tab gets them, as if it were the only one.
 */
/** @type {Record<string, () => void>} */
const held = {};

export const locks = {
  /** Fulfilled once this tab holds the lock. */
  lock: (/** @type {string} */ name) =>
    new Promise((/** @type {(nothing?: undefined) => void} */ granted) => {
      const hold = () => (granted(), new Promise((/** @type {(nothing?: undefined) => void} */ release) => (held[name] = release)));
      Promise.resolve(navigator.locks?.request("harvest-bridge " + name, hold)).then(granted, granted);
    }),
  unlock: (/** @type {string} */ name) => held[name]?.(),
};

/** For a frame that goes. */
export const unlockAll = () => Object.keys(held).forEach(locks.unlock);
