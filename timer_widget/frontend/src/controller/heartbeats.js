/**
 * Says that the person sees a page with a running timer: the last sign of them is the likely end of a timer that was forgotten.
 * One page of them all says it, and once more when it is hidden.
 */
const EVERY_MS = 50_000;
const FRESH_MS = 5000;

/**
 * @param {object} given
 * @param {() => boolean} given.isWanted whether a timer runs and this page is the one to say it
 * @param {() => Promise<unknown>} given.beat
 * @param {() => number} given.now
 */
export function heartbeats({ isWanted, beat, now }) {
  let sentAt = now(); // the session that has just begun said it
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  const send = () => {
    sentAt = now();
    beat().catch(() => {}); // the next one comes soon
  };
  /** Called whenever something may have changed. */
  const look = () => {
    clearTimeout(timer);
    if (!isWanted()) return;
    if (now() - sentAt >= EVERY_MS) send();
    timer = setTimeout(look, sentAt + EVERY_MS - now());
  };
  return {
    look,
    /** The page is about to be hidden. */
    last() {
      clearTimeout(timer);
      if (isWanted() && now() - sentAt >= FRESH_MS) send();
    },
  };
}
