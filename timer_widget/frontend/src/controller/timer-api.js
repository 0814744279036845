/**
 * Every request of the timer to our server. Bearer only: no cookie goes with it. The exception is a page without a back end,
 * where a person signs in by popup: the sign-in that the browser keeps goes with the exchange for a session, and nothing else.
 *
 * Errors are plain objects `{status, code, message, retry_after}`. An answer that is not ours (a proxy's page, a broken line,
 * no answer in time) is `unavailable`; so that it reads the same wherever it came from.
 */

const READ_MS = 4000;
const WRITE_MS = 25_000; // Harvest may be slow; the server answers within this.

const KEPT = "same-origin";

const away = { status: 0, code: "unavailable", message: "The timer service cannot be reached." };

/** @param base where the API lives, such as `https://bridge.example/timer` */
export function timerApi({ base, fetch, timeout = AbortSignal.timeout.bind(AbortSignal) }) {
  const send = async (method, path, { bearer, body, credentials = "omit" } = {}) => {
    const answer = await fetch(base + path, {
      method,
      headers: {
        Accept: "application/json",
        ...(bearer && { Authorization: `Bearer ${bearer}` }),
        ...(body && { "Content-Type": "application/json" }),
      },
      body: body && JSON.stringify(body),
      cache: "no-store",
      credentials,
      redirect: "error",
      signal: timeout(method == "GET" || path == "/session" ? READ_MS : WRITE_MS),
    }).catch(() => Promise.reject(away));
    const said = await answer.json().catch(() => Promise.reject(away));
    if (answer.ok) return said;
    throw errorOf(answer, said);
  };

  const query = (item) =>
    item ? "?" + new URLSearchParams({ item_id: item.id, ...(item.group_id && { group_id: item.group_id }) }) : "";

  return {
    session: (proof, origin) =>
      send("POST", "/session", { body: { ...proof, origin }, credentials: proof.token ? "omit" : KEPT }),
    state: (bearer, { item } = {}) => send("GET", "/state" + query(item), { bearer }),
    projects: (bearer, { item }) => send("GET", "/projects" + query(item), { bearer }),
    start: (bearer, body) => send("POST", "/start", { bearer, body }),
    stop: (bearer, body) => send("POST", "/stop", { bearer, body }),
    edit: (bearer, body) => send("PATCH", "/entry", { bearer, body }),
    connect: (bearer) => send("POST", "/connect", { bearer, body: {} }),
  };
}

function errorOf(answer, { code = "error", message = "Something went wrong.", retry_after }) {
  const wait = Number(answer.headers.get("Retry-After") ?? retry_after) || undefined;
  return { status: answer.status, code, message, retry_after: wait };
}

/** True when the server, not the request, is at fault: worth trying again, and shown as being away. */
export const isAway = ({ code, status }) => code == "unavailable" || (status >= 500 && !code?.startsWith("harvest_"));
