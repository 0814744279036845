/**
 * Clicks that the server has not taken yet. They are sent in order, one at a time, each with its own key however often it is sent,
 * by one tab at a time; what cannot be sent now is sent once the line is back, by this page or by one that opens later.
 */
const AGAIN_MS = [300, 1000, 2000, 4000, 8000, 15_000, 30_000];
const RESPONSE_TIMEOUT_MS = 6000; // then the click is shown as waiting; it is being sent all the same
const PROMISED_MS = 72 * 3_600_000; // older ones are the person's to decide

const NEEDS_LINK = new Set(["connection_required", "needs_reauth"]);

/**
 * Whether the same click may be sent again: nobody answered, or whoever did was busy, or the person has to sign in first.
 * @param {Timer.Failure & {isSession?: boolean}} error
 */
const mayPass = ({ status, code, isSession }) => !status || status >= 500 || [401, 408, 429].includes(status) || isSession || NEEDS_LINK.has(code);

/**
 * @param {object} given
 * @param {(click: Timer.KeptClick) => Promise<any>} given.send
 * @param {Timer.ClickStore} given.store what outlives this frame
 * @param {(act: () => Promise<void>) => Promise<void>} given.oneTab runs `act` while no other tab does
 * @param {() => string | null} given.person whose clicks are shown and sent
 * @param {() => boolean} given.canSend
 * @param {() => void} given.onChange called when what waits has changed
 * @param {(click: Timer.KeptClick, answer: any) => void} given.onSent
 * @param {(click: Timer.KeptClick, error: Timer.Failure) => void} given.onTrouble called when a click could not be sent, or was refused
 * @param {() => number} given.now
 */
export function clickQueue({ send, store, oneTab, person, canSend, onChange, onSent, onTrouble, now }) {
  /** @type {Timer.KeptClick[]} */
  let clicks = [];
  /** @type {Map<string, {resolve(answer: any): void, reject(error: any): void}>} */
  const waiting = new Map(); // by key: who made the click and still looks at it
  const mine = new Set(); // keys of clicks that were made here
  let failures = 0;
  /** @type {any} */
  let timer = null;
  /** @type {Promise<void> | null} */
  let sending = null;

  const ours = () => clicks.filter((click) => click.person == person());
  const next = () => (canSend() ? ours().find((click) => !click.failed) : null);
  /** @param {Timer.KeptClick} click */
  const keep = ({ typed: _typed, ...click }) => click.isMemory || store.keep(click);
  const replace = (/** @type {Timer.KeptClick} */ click) => {
    clicks = clicks.map((each) => (each.key == click.key ? click : each));
    keep(click);
    onChange();
  };
  const remove = (/** @type {string} */ key) => {
    clicks = clicks.filter((each) => each.key != key);
    store.forget(key);
    onChange();
  };
  const answer = (/** @type {string} */ key, /** @type {any} */ said) => {
    waiting.get(key)?.resolve(said);
    if (waiting.delete(key) && said.isPending) onChange();
  };

  /** Takes over what other tabs keep, and lets go of what they have sent. One made here is sent here too, which changes nothing. */
  const adopt = async () => {
    const kept = await store.kept();
    const keys = new Set(kept.map(({ key }) => key));
    const gone = clicks.filter(({ key }) => !mine.has(key) && !keys.has(key));
    const known = new Set(clicks.map(({ key }) => key));
    const found = kept.filter(({ key }) => !known.has(key));
    if (!gone.length && !found.length) return;
    clicks = [...clicks.filter((click) => !gone.includes(click)), ...found].sort((one, other) => Date.parse(one.clicked_at) - Date.parse(other.clicked_at));
    onChange();
  };

  /** A later click that meant a start by its key can name the entry once that is known. */
  const nameEntry = (/** @type {string} */ key, /** @type {Timer.Running?} */ running) => {
    if (!running) return;
    const { entry_id, started_at: timer_started_at } = running;
    for (const click of clicks)
      if (click.body.start_key == key) replace({ ...click, body: { ...click.body, start_key: undefined, entry_id, timer_started_at } });
  };

  /**
   * @param {Timer.KeptClick} click
   * @returns {Promise<boolean>} whether the next one may be sent
   */
  const attempt = async (click) => {
    const { key } = click;
    if (now() - Date.parse(click.clicked_at) > PROMISED_MS && !click.isConfirmed) {
      replace({ ...click, failed: { code: "click_too_old", message: "" } });
      return true;
    }
    try {
      const said = await send(click);
      failures = 0;
      if (said.isUndecided && !waiting.has(key)) replace({ ...click, failed: { code: "choice_needed", message: "" } });
      else {
        remove(key);
        if (said.isUndecided) store.unused(key);
        if (click.name == "start" && !said.click) nameEntry(key, said.state?.running);
        onSent(click, said);
        answer(key, { ...said, from: click.from, isPending: Boolean(said.click) });
      }
      return true;
    } catch (/** @type {any} */ error) {
      return refused(click, error);
    }
  };

  /**
   * @param {Timer.KeptClick} click
   * @param {any} error
   */
  const refused = (click, error) => {
    const { key } = click;
    const maker = waiting.get(key);
    const asksPerson = maker && click.name == "start" && NEEDS_LINK.has(error.code); // who opens the panel for it
    if (mayPass(error) && !asksPerson) {
      onTrouble(click, error);
      for (const each of [...waiting.keys()]) answer(each, { isPending: true }); // those behind it wait as well
      later(error.retry_after);
      return false;
    }
    waiting.delete(key);
    if (error.code == "click_repeated") {
      remove(key); // it was taken before
      maker?.resolve({ isPending: true });
    } else if (maker) {
      remove(key);
      maker.reject({ ...error, message: error.message, from: click.from });
    } else replace({ ...click, failed: { code: error.code, message: error.message } });
    onTrouble(click, error);
    return true;
  };

  const stopTimer = () => {
    clearTimeout(timer);
    timer = null;
  };
  const later = (/** @type {number} */ seconds = 0) => {
    const wait = AGAIN_MS[Math.min(failures++, AGAIN_MS.length - 1)] * (0.7 + 0.3 * Math.random());
    stopTimer();
    timer = setTimeout(flush, Math.max(wait, seconds * 1000));
  };

  const sendAll = async () => {
    await adopt();
    for (let click; (click = next()) && (await attempt(click)); );
  };
  /** Sends what waits. Calls at the same moment share one run, which also takes what is added meanwhile. */
  const flush = () => {
    stopTimer();
    sending ??= oneTab(sendAll).finally(() => (sending = null));
    return sending;
  };

  return {
    flush,
    /** The same, but not before the wait after a failure is over. */
    goOn: () => void (timer || flush()),
    adopt,
    /** Those of the person, oldest first. */
    list: ours,
    /** The same without those that are being sent for the first time. */
    waiting: () => ours().filter(({ key }) => !waiting.has(key)),
    /**
     * @param {Timer.KeptClick} click
     * @returns {Promise<any>} the server's answer, or `{isPending: true}` once the click waits; rejects where it was refused for good
     */
    add(click) {
      clicks = [...clicks, click];
      mine.add(click.key);
      const told = new Promise((resolve, reject) => waiting.set(click.key, { resolve, reject }));
      keep(click);
      onChange();
      setTimeout(() => answer(click.key, { isPending: true }), RESPONSE_TIMEOUT_MS);
      flush().then(() => void (next() && !timer && flush()));
      return told;
    },
    /**
     * What the person decided of a click that failed here: to send it after all, with another choice or without, or to drop it.
     * @param {string} key
     * @param {Partial<Timer.Choice> | null} choice null drops it
     */
    decide(key, choice) {
      const click = clicks.find((each) => each.key == key);
      if (!click) return false;
      if (!choice) remove(key);
      else replace({ ...click, failed: undefined, isConfirmed: true, body: { ...click.body, ...choice } });
      return true;
    },
  };
}
