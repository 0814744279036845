/** "You are not tracking", where an operator wants it: within the work day, on a page that is seen while no timer runs. */
/**
 * @param {object} given
 * @param {() => boolean} given.isIdle whether the page is seen and Harvest has said that nothing runs
 * @param {(seconds: number) => void} given.tell how long nothing has run on a page that was seen
 * @param {() => number} given.now by the server's clock
 */
export function reminder({ isIdle, tell, now }) {
  /** @type {Timer.Reminder | null | undefined} */
  let rule;
  /** @type {number | null} */
  let idleSince = null;
  let times = 0;
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;

  const isWorkTime = (/** @type {Timer.Reminder} */ { begins_at, ends_at }) => now() >= Date.parse(begins_at) && now() < Date.parse(ends_at);
  const look = () => {
    clearTimeout(timer);
    if (!rule || !isIdle()) {
      idleSince = null;
      times = 0;
      return;
    }
    if (idleSince == null || !isWorkTime(rule)) {
      idleSince = now();
      times = 0;
    }
    const seconds = Math.floor((now() - idleSince) / 1000);
    const due = Math.floor(seconds / rule.after_seconds);
    if (due > times) tell(seconds);
    times = due;
    timer = setTimeout(look, Math.min(60_000, idleSince + (times + 1) * rule.after_seconds * 1000 - now()));
  };
  return {
    look,
    isReminding: () => times > 0,
    /** A session says what is wanted, and for which work day. */
    use(/** @type {Timer.Reminder | null | undefined} */ next) {
      rule = next;
      look();
    },
  };
}
