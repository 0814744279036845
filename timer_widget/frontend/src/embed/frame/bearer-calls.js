/**
 * Every request of an embedded frame to our server, by a bearer token that is in memory alone. It is got when it is first needed, again
 * a minute before it ends, and once more where the server says that it has ended. No cookie goes with anything.
 *
 * Errors are plain objects `{status, code, message}`; an answer that is not ours, or none in time, is `unavailable`.
 */
const PATIENCE_MS = 20_000;
const RENEW_BEFORE_S = 60;
const ENDED = 401;

/** @typedef {{bearer: string, expires_in: number}} Bearer */

/**
 * @param {object} given
 * @param {() => Promise<Bearer>} given.getBearer
 * @param {typeof globalThis.fetch} given.fetch
 * @param {() => number} [given.now]
 */
export function bearerCalls({ getBearer, fetch, now = Date.now }) {
  /** @type {Promise<Bearer> | null} */
  let held = null;
  let endsAt = 0;

  /** Callers that need one at the same moment share one. */
  const bearer = () => {
    if (!held || now() > endsAt) {
      endsAt = Infinity;
      held = getBearer().then((got) => {
        endsAt = now() + (got.expires_in - RENEW_BEFORE_S) * 1000;
        return got;
      });
      held.catch(() => (held = null));
    }
    return held;
  };

  /** @param {string} path @param {RequestInit} [options] @param {boolean} [isAgain] @returns {Promise<Response>} */
  const send = async (path, options, isAgain) => {
    const used = bearer();
    const headers = { Authorization: `Bearer ${(await used).bearer}` };
    const answer = await request(fetch, path, { ...options, headers });
    if (answer.ok) return answer;
    if (answer.status == ENDED && !isAgain) {
      if (held == used) held = null;
      return send(path, options, true);
    }
    throw await errorOf(answer);
  };

  return {
    /** @param {string} path @returns {Promise<any>} */
    json: async (path) => (await send(path)).json().catch(() => Promise.reject(away())),
    /** @param {string} path @returns {Promise<{name: string, text: string}>} */
    file: async (path) => {
      const answer = await send(path);
      const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? "download";
      return { name, text: await answer.text().catch(() => Promise.reject(away())) };
    },
    /** @param {string} path */
    post: async (path) => void (held && (await send(path, { method: "POST" }))),
  };
}

/** @param {typeof globalThis.fetch} fetch @param {string} path @param {object} body */
export async function exchange(fetch, path, body) {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  const answer = await request(fetch, path, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw await errorOf(answer);
  return answer.json().catch(() => Promise.reject(away()));
}

/** @param {typeof globalThis.fetch} fetch @param {string} path @param {RequestInit} options */
const request = (fetch, path, options) =>
  fetch(path, { ...options, cache: "no-store", credentials: "omit", redirect: "error", signal: AbortSignal.timeout(PATIENCE_MS) }).catch(
    () => Promise.reject(away()),
  );

const away = () => ({ status: 0, code: "unavailable", message: "The service cannot be reached." });

/** @param {Response} answer */
async function errorOf(answer) {
  const said = await answer.json().catch(away);
  return { status: answer.status, code: said.code ?? "error", message: said.message ?? "" };
}
