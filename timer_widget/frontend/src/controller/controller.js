/**
 * The controller: one session, one state and one poll for everything on the page. The loader and the panel are told of every
 * change; what they may ask for is in `for-host.js` and `for-panel.js`.
 */
import { clockOffset } from "../shared/elapsed.js";
import { itemKey } from "../shared/item.js";
import { fill, spokenWords as words } from "../shared/translations.js";
import { noticeText } from "../shared/notice-text.js";
import { messageOf } from "../shared/vendor-messages.js";
import { forgottenEvents, withForgotten } from "./forgotten.js";
import { heartbeats } from "./heartbeats.js";
import { oneTab } from "./one-tab.js";
import { pageTotals } from "./page-totals.js";
import { backoff, pushes } from "./pushes.js";
import { personMark } from "./person-mark.js";
import { randomKey } from "./random-key.js";
import { reminder } from "./reminder.js";
import { timerSession } from "./session.js";
import { sharedStream } from "./shared-stream.js";
import { announcement } from "./announcements.js";
import { isAway } from "./timer-api.js";
import { timerClicks, withClicks } from "./timer-clicks.js";
import { CONNECTING, eventsBetween, pageState, shownState, withLastKnown, withoutNames, withTotals } from "./timer-state.js";

const RARE_MS = 300_000; // of the page that holds the stream, and hears it
const ALONE_MS = 20_000; // of one that hears nothing
const SOON_MS = 2000; // the server is at work on a click

/**
 * @param {object} given
 * @param {Timer.Api} given.api see timer-api.js
 * @param {Timer.Host} given.host `{token(), state(shown), event(event)}` and the store of clicks: the loader; `post(message)`: the
 * page itself
 * @param {string | null} given.origin of the page
 * @param {() => boolean} given.isVisible whether anyone can see the page; nothing is polled for a hidden one
 * @param {typeof sharedStream} [given.shareStream] one stream for all tabs
 * @param {() => number} [given.now]
 */
export function createController({ api, host, origin, isVisible, shareStream = sharedStream, now = Date.now }) {
  /** @type {Timer.State | null} */
  let state = null; // the server's, with names: for our own frames only
  /** @type {Timer.ShownState} */
  let shown = CONNECTING; // without them: for the host's page
  let offset = 0;
  let failures = 0;
  let isHearing = false; // the stream, which tells all that changes: so nothing has to be asked for
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
  const undo = () => (switched && switched.entry_id == state?.running?.entry_id && !expected().shows?.undo_key ? switched : null);
  /** @type {Timer.Shown | null} */
  let left = null; // what ran before that

  /** @type {number | null | undefined} */
  let guessed = null; // entry id of the last start for which nobody named the project
  const isGuess = () => Boolean(guessed) && guessed == state?.running?.entry_id;

  /** @returns {Timer.Snapshot} */
  const snapshot = () => ({
    ...shown,
    offset,
    state: stateShown(),
    clicks: clicks.waiting(),
    shows: waited().shows,
    undo: undo(),
    guess: isGuess(),
    sign_in: session.isGuest() ? "popup" : "host",
  });
  /** With what will still run once the clicks are done. */
  const stateShown = () => {
    const { shows } = waited();
    if (!state?.running || shows?.entry_id !== state.running.entry_id || shows.undo_key) return state && { ...state, running: null };
    return { ...state, running: { ...state.running, ...shows.changes } };
  };
  /** What the panel shows: a click of this moment is its form's to tell. */
  const waited = () => withClicks(shown.running, clicks.waiting(), offset);
  const expected = () => withClicks(shown.running, clicks.unsettled(), offset);
  const show = (/** @type {Timer.ShownState} */ next) => {
    const events = eventsBetween(shown, next, now());
    if (shown.running?.entry_id != next.running?.entry_id) left = shown.running;
    shown = next;
    const { shows, marks } = expected();
    const told = pageState(shown, undo(), reminds.isReminding());
    host.state({ ...told, shows: withoutNames(shows), marks: withForgotten(marks, shows, state?.forgotten) });
    for (const event of events) {
      host.event({ ...event, said: announcement(event, names.get(/** @type {string} */ (event.item && itemKey(event.item)))) });
      const message = !panelActs && messageOf(event, state?.running?.item);
      if (message) host.post(message);
    }
    panels.forEach((panel) => panel.state(snapshot()));
  };
  let changes = 0; // of the person's time, as far as it was changed or looked up here
  /**
   * @param {Timer.State} next
   * @param {number} [receivedAt] our clock; nothing for a state that came just now, which the other tabs are told of
   */
  const onState = (next, receivedAt) => {
    if (next.item) changes++;
    const wasAway = shown.status != "ready";
    if (receivedAt == null) tabs.tell({ state: next, receivedAt: now() });
    askedAt = receivedAt ?? now();
    offset = clockOffset(next.server_now, askedAt);
    if (state?.person?.id != next.person?.id) shown = CONNECTING; // somebody else has signed in
    state = withLastKnown(state, next);
    failures = 0;
    tellFailed(clicks.take(state));
    tellNotices(state);
    tellForgotten(state);
    show(shownState(shown, state, askedAt));
    schedule(untilNextPoll());
    joinTabs();
    if (tabs.isLeader()) stream.start();
    beats.look();
    reminds.look();
    if (wasAway) clicks.flush();
    else clicks.goOn();
  };
  /**
   * A read that failed: the buttons say so, and we come back by ourselves.
   * @param {Timer.Failure} error
   */
  const onFailure = (error) => {
    const wait = backoff(failures++);
    const status = statusAfter(error, shown);
    show({ ...shown, status, isKnown: shown.isKnown && status == shown.status, message: status == "signed-out" ? null : error.message, code: error.code });
    schedule(Math.max(wait, (error.retry_after ?? 0) * 1000));
  };
  /** What Harvest cannot say now, or to nobody, is worth asking for again. */
  const isSettled = () => shown.status == "ready" && shown.isKnown;
  const untilNextPoll = () => (isHearing && isSettled() ? Math.max(ALONE_MS, askedAt + RARE_MS - now()) : ALONE_MS);
  const hearing = (/** @type {boolean} */ hears) => {
    isHearing = hears;
    if (isSettled()) schedule(hears ? untilNextPoll() : Math.max(SOON_MS, askedAt + ALONE_MS - now()));
  };
  const schedule = (/** @type {number} */ wait) => {
    clearTimeout(timer);
    timer = setTimeout(() => isVisible() && refresh(), wait);
  };

  /** A click that cannot be added to a queue: the next step needs its answer. It is sent once more where the line broke. */
  const direct = (/** @type {string} */ name, /** @type {any} */ value) => {
    const body = { ...value, idempotency_key: randomKey(), clicked_at: new Date(now() + offset).toISOString() };
    const send = () => session.call(name, body);
    return send().catch((/** @type {any} */ error) => (error.code == "unavailable" ? send() : Promise.reject(error)));
  };
  /** How a stop names the start that it means. */
  const named = () => {
    const { shows } = expected();
    const start = shows?.start_key ? { start_key: shows.start_key } : { entry_id: shows?.entry_id, timer_started_at: shows?.started_at };
    return { ...start, of: shows?.item };
  };
  /** @type {(name: string, item: Timer.SomeItem | null | undefined, said: {click?: Timer.Unsettled}) => void} */
  const tellPending = (act, item, { click }) => {
    if (act != "start" && act != "stop") return;
    const known = item?.id ? item : shown.running?.item;
    const text = known && names.get(itemKey(/** @type {Timer.Key} */ (known)));
    const said = text && fill(click ? words.pending : words.waiting, { name: text });
    host.event({ name: "pending", act, item: known && { id: known.id ?? null, group_id: known.group_id ?? null }, said });
  };
  /** @type {Set<string>} */
  const told = new Set(); // keys of clicks that failed, or came to something else
  /** A click that failed in replay is told to the page once. */
  const tellFailed = (/** @type {Timer.Unsettled[]} */ all) => {
    for (const { key, status, code, message, item, choices } of all) {
      if (status != "failed" || told.has(key)) continue;
      told.add(key);
      const said = item && names.has(itemKey(item)) && message;
      host.event({ name: "error", key, code: code ?? "error", message: message ?? "", item: item ?? undefined, choices, said });
    }
  };

  /** So is what a stop came to that nobody expects. Aloud in the tabs that are open; the panel shows it for some minutes. */
  const tellNotices = (/** @type {Timer.State} */ { notices = [] }) => {
    for (const { key, code, item } of notices) {
      const said = noticeText({ code }, item && names.get(itemKey(item))); // the page learns no project's name
      if (!said || told.has(key)) continue;
      told.add(key);
      host.event({ name: "notice", key, code, message: said, said });
    }
  };

  /** So is a timer that was forgotten, or that was stopped for it. */
  const tellForgotten = (/** @type {Timer.State} */ { forgotten = [] }) => {
    for (const event of forgottenEvents(forgotten)) {
      const mark = `${event.key} ${event.status}`;
      if (told.has(mark)) continue;
      told.add(mark);
      host.event(event);
    }
  };
  const beats = heartbeats({
    isWanted: () => isVisible() && tabs.isLeader() && Boolean(state?.running) && shown.status == "ready",
    beat: () => session.call("heartbeat"),
    now,
  });
  const reminds = reminder({
    isIdle: () => isVisible() && isSettled() && !expected().shows,
    tell(seconds) {
      if (tabs.isLeader()) host.event({ name: "reminder", seconds, said: words.reminder });
      setTimeout(() => show(shown)); // the buttons say it too
    },
    now: () => now() + offset,
  });

  /**
   * What ran before can be gone back to, for as long as the new timer runs.
   * @param {{state: Timer.State, stopped: Timer.Entry | null}} answer
   */
  const noteSwitch = ({ state: { running }, stopped }) => {
    switched = stopped && running ? { entry_id: running.entry_id, previous: stopped } : null;
    if (switched) show(shown);
  };
  /** What runs once that is undone: the earlier timer, with the time of both. */
  const shownBefore = () => {
    if (!switched || !shown.running) return;
    const { entry_id, hours } = switched.previous;
    const since = shown.running.since - Number(hours) * 3_600_000 + offset;
    return { item: left?.entry_id == entry_id ? left.item : null, since: new Date(since).toISOString() };
  };

  const alone = oneTab(host);
  /** An answer says which event it knows of: a stream that is opened then misses nothing after it. */
  const onAnswer = (/** @type {Timer.State} */ next) => {
    if (next.version != null) stream.heardUntil(String(next.version));
    onState(next);
  };
  const session = timerSession({ api, askToken: host.token, origin, onState: onAnswer, onBegin: (bought) => reminds.use(bought.reminder), now });
  /** One stream, and only while someone can see the page: a browser has six connections to us, however many tabs. */
  const totals = pageTotals({
    ask: (/** @type {Timer.Key[]} */ items) => session.call("totals", { items }),
    marker: () => `${changes} ${state?.running?.entry_id}`,
    onTotals: (answer) => show(withTotals(shown, answer)),
    now,
  });
  const clicks = timerClicks({
    store: host,
    oneTab: (act) => alone("clicks", act),
    call: session.call,
    person: () => state && personMark(state.person),
    canSend: () => Boolean(state) && shown.status != "signed-out" && shown.status != "relink",
    clock: () => ({ now: now(), offset }),
    onChange: () => show(shown),
    onSent(click, answer) {
      changes++;
      if (answer.click && !answer.state) schedule(SOON_MS);
      else if (click.name == "start" && answer.state) noteSwitch(answer);
      if (answer.state && !answer.state.item && click.name != "start" && click.name != "stop") totals.forget();
    },
    onTrouble(click, error) {
      if (error.isSession) onFailure(error);
      else refresh(); // Is it the server that is away, or this click alone that is refused?
    },
  });
  const stream = pushes({
    open: session.stream,
    onData(next, id) {
      tabs.tell({ id });
      if (isNewer(next)) onState(next);
    },
    onGap: () => refresh(),
    onSign() {
      tabs.tell({ isHearing: true });
      hearing(true);
    },
    onLost: () => hearing(false),
  });
  const joinTabs = () => state && isVisible() && tabs.join(`${origin} ${personMark(state.person)}`);
  const isNewer = (/** @type {Timer.State} */ next) => !state || Date.parse(next.server_now) >= Date.parse(state.server_now);
  const tabs = shareStream({
    oneTab: alone,
    lead(until) {
      stream.start();
      until.then(() => {
        stream.stop();
        isHearing = false;
      });
    },
    onMessage({ state: next, receivedAt, id, isHearing: hears }) {
      if (hears && isSettled()) schedule(ALONE_MS); // from the tab that hears the stream, which hears again before that
      stream.heardUntil(id);
      if (next && next.person?.id == state?.person?.id && isNewer(next)) onState(next, receivedAt);
    },
  });
  const refresh = () => {
    askedAt = now();
    return session.refresh().catch(onFailure);
  };

  /**
   * A click of a person: kept until it is sent, shown at once.
   * @param {string} name
   * @param {any} value
   * @param {Timer.Wish} [wish]
   * @returns {Promise<any>} the server's answer, with `isPending` where the click waits
   */
  const write = async (name, value, wish) => {
    const { item } = value;
    if (item?.id) names.set(itemKey(item), item.name);
    changes++;
    if (name == "project") return direct(name, value);
    const said = await clicks.make(name, value, wish);
    if (said.isPending) tellPending(name, item, said);
    return said;
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
    /** The page is about to be hidden, or to go. */
    lastSeen: () => beats.last(),
    /** The page was shown or hidden. */
    look() {
      if (!isVisible()) {
        reminds.look();
        return tabs.leave();
      }
      joinTabs();
      this.wake();
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
      if (name == "stop") value = { ...named(), ...value };
      if (name == "undo" && value.previous_id) value = { ...value, shows: shownBefore() };
      const isTold = /** @type {any} */ (name == "start" || name == "stop"); // counted as 0 or 1
      panelActs += isTold;
      try {
        return await write(name, value);
      } finally {
        panelActs -= isTold;
      }
    },

    write,
    /** @param {Timer.Wish} wish */
    start: (wish) => write("start", { item: wish.item }, wish),
    /** @param {Timer.Item | null} item */
    stop: (item) => write("stop", { ...named(), item }),
    decide: clicks.decide,
    adopt: () => clicks.adopt().then(clicks.flush),
    /** What the buttons show as running: what was clicked last, done or not. */
    running: () => expected().shows,
    /** Without having seen the person's state there is nothing to click on. */
    canClick: () => Boolean(state) && (shown.status == "ready" || shown.status == "unavailable"),
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
