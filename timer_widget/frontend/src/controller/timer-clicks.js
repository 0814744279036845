/**
 * What a click becomes: a record with its own key and moment, kept until the server has it (click-queue.js), then the server's to
 * carry out. What waits, here or there, and what failed is told to the button and the panel.
 */
import { isSameItem, itemKey } from "../shared/item.js";
import { failureWords } from "../shared/translations.js";
import { certainChoice } from "./choosing.js";
import { clickQueue } from "./click-queue.js";

/** Kept in the page's storage; the others hold what people wrote, and live as long as the page. */
const IN_STORAGE = new Set(["start", "stop"]);
const LOCAL_CHOICES = { choice_needed: ["change", "drop"], click_too_old: ["retry", "drop"] };

/**
 * @param {object} given
 * @param {Timer.ClickStore & {nextKey(): Promise<string> | string}} given.store
 * @param {(act: () => Promise<void>) => Promise<void>} given.oneTab
 * @param {(name: string, value?: any) => Promise<any>} given.call one request with the session
 * @param {() => string | null} given.person
 * @param {() => boolean} given.canSend
 * @param {() => {now: number, offset: number}} given.clock our clock, and how far the server's is ahead
 * @param {() => void} given.onChange
 * @param {(click: Timer.KeptClick, answer: any) => void} given.onSent
 * @param {(click: Timer.KeptClick, error: Timer.Failure) => void} given.onTrouble
 */
export function timerClicks({ store, oneTab, call, person, canSend, clock, onChange, onSent, onTrouble }) {
  /** @type {Timer.Unsettled[]} */
  let atServer = [];

  /** @param {Timer.KeptClick} click */
  const send = async (click) => {
    const { key, name, clicked_at, offset, typed } = click;
    let body = name == "start" ? { notes: click.body.item?.name, ...click.body } : click.body;
    if (click.wish && !body.project_id) {
      const choice = await certainChoice(call, click.wish);
      if (!choice) return { isUndecided: true };
      click.from = choice.from;
      body = { ...body, ...choice };
    }
    return call(name, { ...body, ...typed, from: undefined, idempotency_key: key, clicked_at, clock_offset_seconds: offset });
  };
  const queue = clickQueue({
    send,
    store,
    oneTab,
    person,
    canSend,
    onChange,
    onTrouble,
    now: () => clock().now + clock().offset,
    onSent(click, answer) {
      if (answer.click && !answer.state) {
        atServer = [...atServer, answer.click];
        onChange();
      }
      onSent(click, answer);
    },
  });

  return {
    ...queue,
    /** @param {Timer.State} state */
    take: ({ clicks = [] }) => (atServer = clicks),

    /**
     * Everything unsettled, oldest first: at the server, then here.
     * @returns {Timer.Unsettled[]}
     */
    unsettled: () => [...atServer, ...queue.list().map(shownClick)],
    /** The same without those that may be done in a moment. */
    waiting: () => [...atServer, ...queue.waiting().map(shownClick)],

    /**
     * A click of this moment. An item without an id is none: the entry gets no reference.
     * @param {string} name
     * @param {any} value
     * @param {Timer.Wish} [wish] where a start has no project yet
     */
    async make(name, { notes, of, shows, ...value }, wish) {
      const { now, offset } = clock();
      const at = new Date(now + offset).toISOString();
      const body = { ...value, ...(value.item && !value.item.id && { item: null }) };
      return queue.add({
        key: await store.nextKey(),
        person: person(),
        name,
        body,
        wish,
        of,
        shows,
        typed: notes == null ? undefined : { notes },
        clicked_at: at,
        offset: Math.round(offset / 1000),
        isMemory: !IN_STORAGE.has(name),
      });
    },

    /**
     * @param {{key: string, decision: string, project_id?: number, task_id?: number}} decision
     */
    async decide({ key, decision, ...choice }) {
      if (!queue.decide(key, decision == "drop" ? null : choice)) return call("decision", { key, decision, ...choice });
      return queue.flush();
    },
  };
}

/**
 * @param {Timer.KeptClick} click
 * @returns {Timer.Unsettled}
 */
const shownClick = ({ key, name, body, wish, of, shows, typed, clicked_at, failed }) => ({
  key,
  kind: name,
  forgotten_id: body.forgotten_id ?? null,
  item: of ?? body.item ?? wish?.item ?? null,
  entry_id: body.entry_id ?? null,
  start_key: body.start_key ?? null,
  notes: typed?.notes,
  shows,
  clicked_at,
  status: failed ? "failed" : "unsent",
  code: failed?.code ?? null,
  message: failed ? failed.message || (/** @type {any} */ (failureWords)[failed.code] ?? null) : null,
  choices: failed ? (/** @type {any} */ (LOCAL_CHOICES)[failed.code] ?? ["retry", "change", "drop"]) : [],
});

/**
 * Whether a click means this timer. One that names a start which has been done since means the timer of its item.
 * @param {Timer.Shown} shows
 * @param {Pick<Timer.Unsettled, "item" | "entry_id" | "start_key">} click
 */
const isMeant = (shows, { item, entry_id, start_key }) =>
  start_key ? shows.start_key == start_key || (!shows.start_key && isSameItem(shows.item, item)) : shows.entry_id == entry_id;

/**
 * What the buttons show, given what runs as Harvest said it and the clicks that are not done yet. Pure.
 * @param {Timer.Shown | null} running
 * @param {Timer.Unsettled[]} clicks
 * @param {number} offset
 * @returns {{shows: Timer.Shown | null, marks: Record<string, Timer.Mark>}} `shows` is what will run once the clicks are done,
 * `marks` what to say beside it, by item key
 */
export function withClicks(running, clicks, offset) {
  let shows = running;
  /** @type {Record<string, Timer.Mark>} */
  const marks = {};
  for (const click of clicks) {
    const { key, kind, item, clicked_at, status, message, choices = [] } = click;
    const at = Date.parse(clicked_at) - offset;
    const of = item?.id ? item : kind == "stop" ? shows?.item : null;
    const mark = (/** @type {Timer.Key | null | undefined} */ of, /** @type {Partial<Timer.Mark>} */ more) =>
      of?.id && (marks[itemKey(of)] = { kind: status == "unsent" ? "waiting" : status, key, ...more });
    if (status == "failed") mark(of, { note: message, isRetried: choices.includes("retry") });
    else if (kind == "start") {
      shows = { item: item && { id: item.id, group_id: item.group_id ?? null }, since: at, start_key: key };
      mark(item, {});
    } else if (shows && isMeant(shows, click)) {
      const next = changed(shows, click, offset);
      if (kind == "stop") mark(shows.item ?? of, { stoppedAfter: Math.max(0, at - shows.since) });
      else if (next != shows && kind != "edit") [shows, next].forEach((each) => mark(each?.item, {}));
      shows = next;
    }
  }
  return { shows, marks };
}

/**
 * What runs once a click on it is done. The mistaken timer of an undone switch stays the one that a later click names.
 * @param {Timer.Shown} shows
 * @param {Timer.Unsettled} click
 * @param {number} offset
 * @returns {Timer.Shown | null}
 */
function changed(shows, { key, kind, notes, project, task, shows: next }, offset) {
  if (kind == "stop" || kind == "delete" || kind == "remove") return null;
  if (kind == "edit") return { ...shows, changes: { ...shows.changes, ...(notes != null && { notes }), ...(project && { project }), ...(task && { task }) } };
  if (!next) return shows;
  const since = Date.parse(next.since) - offset;
  if (kind == "undo") return { ...shows, item: next.item ?? null, since, undo_key: key };
  return { ...shows, since, changes: { ...shows.changes, started_at: next.since, seconds_before: 0 } };
}
