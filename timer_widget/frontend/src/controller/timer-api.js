/**
 * Every request of the timer to our server. Bearer only: no cookie goes with it. The exception is a page without a back end,
 * where a person signs in by popup: the sign-in that the browser keeps goes with the exchange for a session, and nothing else.
 *
 * Errors are plain objects `{status, code, message, retry_after}`. An answer that is not ours (a proxy's page, a broken line,
 * no answer in time) is `unavailable`; so that it reads the same wherever it came from.
 */
import { failureWords } from "../shared/translations.js";

const READ_MS = 4000;
const WRITE_MS = 25_000; // Harvest may be slow; the server answers within this.

const KEPT = "same-origin";

/** Half a surrogate pair, as a cut through an emoji leaves it, is no text that the server could keep. */
const whole = (/** @type {string} */ _name, /** @type {unknown} */ value) => (typeof value == "string" ? value.replace(/\p{Cs}/gu, "") : value);

const away = () => {
  const code = globalThis.navigator?.onLine === false ? "offline" : "unavailable";
  return { status: 0, code, message: failureWords[code] };
};

/**
 * @param {object} given
 * @param {string} given.base where the API lives, such as `https://bridge.example/timer`
 * @param {typeof globalThis.fetch} given.fetch
 * @param {(ms: number) => AbortSignal} [given.timeout]
 * @returns {Timer.Api}
 */
export function timerApi({ base, fetch, timeout = AbortSignal.timeout.bind(AbortSignal) }) {
  /**
   * @param {string} method
   * @param {string} path
   * @param {{bearer?: string, body?: object, credentials?: RequestCredentials, keepalive?: boolean}} [options]
   */
  const send = async (method, path, { bearer, body, credentials = "omit", keepalive } = {}) => {
    const answer = await fetch(base + path, {
      method,
      headers: {
        Accept: "application/json",
        ...(bearer && { Authorization: `Bearer ${bearer}` }),
        ...(body && { "Content-Type": "application/json" }),
      },
      body: body && JSON.stringify(body, whole),
      cache: "no-store",
      credentials,
      keepalive,
      redirect: "error",
      signal: timeout(method == "GET" || path == "/session" ? READ_MS : WRITE_MS),
    }).catch(() => Promise.reject(away()));
    if (answer.status == 204) return {};
    const said = await answer.json().catch(() => Promise.reject(away()));
    if (answer.ok) return said;
    throw errorOf(answer, said);
  };

  const query = (/** @type {Record<string, any>} */ values) => {
    const given = Object.entries(values).flatMap(([name, value]) => [value ?? []].flat().map((each) => [name, each]));
    const told = given.filter(([, value]) => value);
    return told.length ? "?" + new URLSearchParams(told) : "";
  };
  const ofItem = (/** @type {Timer.SomeItem | null | undefined} */ item) => ({ item_id: item?.id, group_id: item?.group_id });
  /**
   * An item with what the page says of its project: what a suggestion is made from.
   * @param {Timer.Wish} wish
   */
  const ofWish = ({ item, defaults, fresh }) => ({
    ...ofItem(item),
    group_name: item?.group_name,
    label: defaults?.labels && String(defaults.labels).split(",").map((label) => label.trim()), // a list in JSON as well
    ...named(defaults),
    fresh,
  });

  return {
    session: (proof, origin) =>
      send("POST", "/session", { body: { ...proof, origin }, credentials: proof.token ? "omit" : KEPT }),
    /** The body of the stream of states, to be read until `signal` ends it; it goes on after the event of `lastId`. */
    async stream(bearer, signal, lastId) {
      const headers = { Accept: "text/event-stream", Authorization: `Bearer ${bearer}`, ...(lastId && { "Last-Event-ID": lastId }) };
      const answer = await fetch(base + "/stream", { headers, cache: "no-store", credentials: "omit", redirect: "error", signal });
      if (!answer.ok) throw { ...away(), retry_after: Number(answer.headers.get("Retry-After")) || undefined };
      return answer.body;
    },
    state: (bearer, { item } = {}) => send("GET", "/state" + query(ofItem(item)), { bearer }),
    projects: (bearer, wish) => send("GET", "/projects" + query(ofWish(wish)), { bearer }),
    suggestion: (bearer, wish) => send("GET", "/suggestion" + query(ofWish(wish)), { bearer }),
    totals: (bearer, body) => send("POST", "/totals", { bearer, body }),
    day: (bearer, { date }) => send("GET", "/day" + query({ date }), { bearer }),
    history: (bearer, { item, cursor }) => send("GET", "/history" + query({ ...ofItem(item), cursor }), { bearer }),
    /** As text. It may be long, so it has no time limit; a line that breaks is an error all the same. */
    async historyFile(bearer, { item }) {
      const headers = { Accept: "text/csv", Authorization: `Bearer ${bearer}` };
      const address = `${base}/history.csv${query(ofItem(item))}`;
      const answer = await fetch(address, { headers, cache: "no-store", credentials: "omit", redirect: "error" }).catch(() => Promise.reject(away()));
      if (!answer.ok) throw errorOf(answer, await answer.json().catch(() => Promise.reject(away())));
      return answer.text().catch(() => Promise.reject(away()));
    },
    start: (bearer, body) => send("POST", "/start", { bearer, body }),
    stop: (bearer, body) => send("POST", "/stop", { bearer, body }),
    edit: (bearer, body) => send("PATCH", "/entry", { bearer, body }),
    add: (bearer, body) => send("POST", "/entry", { bearer, body }),
    remove: (bearer, body) => send("DELETE", "/entry", { bearer, body }),
    move: (bearer, body) => send("POST", "/beginning", { bearer, body }),
    undo: (bearer, body) => send("POST", "/undo", { bearer, body }),
    project: (bearer, body) => send("POST", "/project", { bearer, body }),
    decision: (bearer, body) => send("POST", "/clicks/decision", { bearer, body }),
    answer: (bearer, body) => send("POST", "/forgotten", { bearer, body }),
    /** Also while the page goes away. */
    heartbeat: (bearer) => send("POST", "/heartbeat", { bearer, body: {}, keepalive: true }),
    signOut: (bearer) => send("POST", "/sign-out", { bearer, body: {} }),
    connect: (bearer) => send("POST", "/connect", { bearer, body: {} }),
  };
}

const named = (/** @type {Timer.Defaults} */ defaults = {}) =>
  Object.fromEntries(Object.entries(defaults).filter(([name]) => /^(project|task)_(id|code|name)$/.test(name)));

/**
 * @param {Response} answer
 * @param {Partial<Timer.Failure>} said
 */
function errorOf(answer, { code = "error", message = "Something went wrong.", retry_after }) {
  const wait = Number(answer.headers.get("Retry-After") ?? retry_after) || undefined;
  return { status: answer.status, code, message, retry_after: wait };
}

/**
 * True when the server, not the request, is at fault: worth trying again, and shown as being away.
 * @param {Partial<Timer.Failure>} error
 */
export const isAway = ({ code, status }) =>
  code == "unavailable" || code == "offline" || (/** @type {number} */ (status) >= 500 && !code?.startsWith("harvest_"));
