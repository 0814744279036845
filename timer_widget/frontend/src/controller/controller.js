/**
 * The controller: one session, one state and one poll for everything on the page. The loader and the panel are told of every
 * change; what they may ask for is in `for-host.js` and `for-panel.js`.
 */
import { clockOffset } from "../shared/elapsed.js";
import { itemKey } from "../shared/item.js";
import { messageOf } from "../shared/vendor-messages.js";
import { pageTotals } from "./page-totals.js";
import { pushes } from "./pushes.js";
import { randomKey } from "./random-key.js";
import { timerSession } from "./session.js";
import { spoken } from "./spoken.js";
import { isAway } from "./timer-api.js";
import { CONNECTING, eventsBetween, pageState, shownState, withLastKnown, withTotals } from "./timer-state.js";

const POLL_MS = 20_000;
const RETRY_MS = [2000, 4000, 8000, 15_000, 30_000];

/**
 * @param {object} given
 * @param {Timer.Api} given.api see timer-api.js
 * @param {Timer.Host} given.host `{token(), state(shown), event(event)}`: the loader; `post(message)`: the page itself
 * @param {string | null} given.origin of the page
 * @param {() => boolean} given.isVisible whether anyone can see the page; nothing is polled for a hidden one
 * @param {() => number} [given.now]
 */
export function createController({ api, host, origin, isVisible, now = Date.now }) {
  /** @type {Timer.State | null} */
  let state = null; // the server's, with names: for our own frames only
  /** @type {Timer.ShownState} */
  let shown = CONNECTING; // without them: for the host's page
  let offset = 0;
  let failures = 0;
  let askedAt = -Infinity;
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  let panelActs = 0; // starts and stops under way in the panel, which tells the page of them itself
  /** @type {Set<{state(snapshot: Timer.Snapshot): void}>} */
  const panels = new Set();
  /** @type {Map<string, string | null>} */
  const names = new Map(); // of the items that were clicked here: only their changes are said aloud

  /** @type {Timer.Undo | null} */
  let switched = null; // {entry_id, previous} of the last switch that was made here
  const undo = () => (switched && switched.entry_id == state?.running?.entry_id ? switched : null);

  /** @type {number | null | undefined} */
  let guessed = null; // entry id of the last start for which nobody named the project
  const isGuess = () => Boolean(guessed) && guessed == state?.running?.entry_id;

  /** @returns {Timer.Snapshot} */
  const snapshot = () => ({ ...shown, state, offset, undo: undo(), guess: isGuess(), sign_in: session.isGuest() ? "popup" : "host" });
  const show = (/** @type {Timer.ShownState} */ next) => {
    const events = eventsBetween(shown, next, now());
    shown = next;
    host.state(pageState(shown, undo()));
    for (const event of events) {
      host.event({ ...event, said: spoken(event, names.get(/** @type {string} */ (event.item && itemKey(event.item)))) });
      const message = !panelActs && messageOf(event, state?.running?.item);
      if (message) host.post(message);
    }
    panels.forEach((panel) => panel.state(snapshot()));
  };
  let changes = 0; // of the person's time, as far as it was changed or looked up here
  const onState = (/** @type {Timer.State} */ next) => {
    if (next.item) changes++;
    askedAt = now();
    offset = clockOffset(next.server_now, askedAt);
    if (state?.person?.id != next.person?.id) shown = CONNECTING; // somebody else has signed in
    state = withLastKnown(state, next);
    failures = 0;
    show(shownState(shown, state, askedAt));
    schedule(POLL_MS);
    if (isVisible()) stream.start();
  };
  /**
   * A read that failed: the buttons say so, and we come back by ourselves.
   * @param {Timer.Failure} error
   */
  const onFailure = (error) => {
    const wait = RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)];
    const status = statusAfter(error, shown);
    show({ ...shown, status, isKnown: shown.isKnown && status == shown.status, message: status == "signed-out" ? null : error.message, code: error.code });
    schedule(Math.max(wait, (error.retry_after ?? 0) * 1000));
  };
  const schedule = (/** @type {number} */ wait) => {
    clearTimeout(timer);
    timer = setTimeout(() => isVisible() && refresh(), wait);
  };

  /**
   * What ran before can be gone back to, for as long as the new timer runs.
   * @param {{state: Timer.State, stopped: Timer.Entry | null}} answer
   */
  const noteSwitch = ({ state: { running }, stopped }) => {
    switched = stopped && running ? { entry_id: running.entry_id, previous: stopped } : null;
    if (switched) show(shown);
  };

  const session = timerSession({ api, askToken: host.token, origin, onState, now });
  /** One stream, and only while someone can see the page: a browser has six connections to us, however many tabs. */
  const totals = pageTotals({
    ask: (/** @type {Timer.Key[]} */ items) => session.call("totals", { items }),
    marker: () => `${changes} ${state?.running?.entry_id}`,
    onTotals: (answer) => show(withTotals(shown, answer)),
    now,
  });
  const stream = pushes({
    open: session.stream,
    onData: (next) => !state || Date.parse(next.server_now) >= Date.parse(state.server_now) ? onState(next) : null,
    onGap: () => refresh(),
  });
  const refresh = () => {
    askedAt = now();
    return session.refresh().catch(onFailure);
  };

  return {
    refresh,
    /** Something hints at news (focus, network back, a source of tokens); several hints at once cost one request. */
    wake() {
      session.lookAgain();
      const wait = askedAt + 1000 - now();
      if (wait < 0) return refresh();
      if (shown.status != "ready") schedule(wait); // what was asked a moment ago may not have had what came now
    },
    /** The page was shown or hidden. */
    look() {
      if (!isVisible()) stream.stop();
      else this.wake();
    },
    snapshot,
    /** The items on the page. Those of a page that cannot start anything yet are not looked up. */
    items: (/** @type {Timer.Item[]} */ all) => shown.status == "ready" && totals.show(all),
    noteGuess: () => (guessed = /** @type {Timer.State} */ (state).running?.entry_id),
    addPanel: (/** @type {{state(snapshot: Timer.Snapshot): void}} */ panel) => panels.add(panel),

    /** Where people connect: a guest in the window that also signs them in, anyone else in one made for them. */
    connect: () =>
      session.isGuest() ? { url: "/platform/sign-in?" + new URLSearchParams({ origin: /** @type {string} */ (origin) }) } : session.call("connect"),
    signIn: (/** @type {{code: string}} */ { code }) => session.signIn(code),

    read: (/** @type {string} */ name, /** @type {any=} */ value) =>
      session.call(name, value).catch((/** @type {any} */ error) => {
        if (isAway(error)) onFailure(error);
        throw error;
      }),

    /**
     * A click in the panel, which tells the page of a start or stop by itself.
     * @param {string} name
     * @param {any} value
     */
    async writeFromPanel(name, value) {
      const isTold = /** @type {any} */ (name == "start" || name == "stop"); // counted as 0 or 1
      panelActs += isTold;
      try {
        return await this.write(name, value);
      } finally {
        panelActs -= isTold;
      }
    },

    /**
     * A click becomes one request with its own key and moment; if the line breaks, the same request is sent once more.
     * An item without an id is none: the entry gets no reference.
     * @param {string} name
     * @param {any} value
     */
    async write(name, value) {
      const { item } = value;
      if (item?.id) names.set(itemKey(item), item.name);
      const body = {
        ...value,
        ...(item && !item.id && { item: null }),
        idempotency_key: randomKey(),
        clicked_at: new Date(now() + offset).toISOString(),
      };
      const send = () => session.call(name, body);
      changes++;
      try {
        const answer = await send().catch((/** @type {any} */ error) => (error.code == "unavailable" ? send() : Promise.reject(error)));
        if (name == "start") noteSwitch(answer);
        return answer;
      } catch (/** @type {any} */ error) {
        if (isAway(error)) onFailure(error);
        else refresh(); // The page may have been behind: show what is true.
        throw error;
      }
    },
  };
}

/**
 * Being asked to slow down changes nothing that people see; an absent server or Harvest does; the rest is a set-up error.
 * @param {Timer.Failure} error
 * @param {Timer.ShownState} shown
 */
function statusAfter(error, { status }) {
  if (error.code == "sign_in_needed") return "signed-out";
  if (error.status == 429) return status;
  return isAway(error) || error.code?.startsWith("harvest_") ? "unavailable" : "error";
}
