/**
 * The timer session: in memory, in this frame, nowhere else. It is bought with a widget token from the host, and bought again
 * when the server says it has ended, so that signing out of the host ends it. A page that gives no tokens has guests: for
 * them a sign-in by popup buys it, and later the browser's memory of that; a guest who has not signed in costs one request.
 */

const BUY_AGAIN = new Set(["widget_token_expired", "widget_token_replayed"]);
const RENEW_BEFORE_S = 60; // an ended session would be a refusal, and a red line on the page's console
const SIGN_IN = { status: 401, code: "sign_in_needed", message: "Sign in with Harvest to track time here." };

/**
 * @param {object} given
 * @param {Timer.Api} given.api see timer-api.js
 * @param {() => Promise<string | null | undefined>} given.askToken a fresh widget token from the host, or nothing where it has none to give
 * @param {string | null} given.origin of the page
 * @param {(state: Timer.State) => void} given.onState called with every State that an answer carries
 * @param {(bought: {reminder?: Timer.Reminder | null}) => void} [given.onBegin] called with what a new session brings besides
 * @param {() => number} [given.now]
 */
export function timerSession({ api, askToken, origin, onState, onBegin = () => {}, now = Date.now }) {
  /** @type {string | null} */
  let bearer;
  /** @type {number | null} */
  let renewAt;
  /** @type {Promise<void> | null} */
  let buying;
  let isGuest = false;
  let isStranger = false; // a guest of whom we know that they have not signed in

  /** @param {string} [code] */
  const buyOnce = async (code) => {
    const token = code ? null : await askToken();
    isGuest = !token;
    if (token) return api.session({ token }, origin);
    if (!code && isStranger) throw SIGN_IN;
    return api.session(code ? { code } : {}, origin);
  };
  /** @param {string} [code] */
  const buy = async (code) => {
    const bought = await buyOnce(code).catch((error) => {
      if (BUY_AGAIN.has(error.code)) return buyOnce();
      throw error;
    });
    isStranger = !bought.session;
    if (isStranger) throw SIGN_IN;
    bearer = bought.session;
    renewAt = now() + (bought.expires_in - RENEW_BEFORE_S) * 1000;
    onBegin(bought);
    onState(bought.state);
  };
  /** A call that found no session was not refused itself. @param {any} error @returns {never} */
  const notSignedIn = (error) => {
    throw { ...error, message: error.message, isSession: true };
  };
  /**
   * Callers that need a session at the same moment share one exchange.
   * @param {string} [code]
   */
  const renew = (code) => (buying ??= buy(code).catch(notSignedIn).finally(() => (buying = null)));

  /** Forgets a session that is about to end. */
  const hasSession = () => (now() > /** @type {number} */ (renewAt) ? (bearer = renewAt = null) : bearer);

  /**
   * Makes one call with the session, and once more with a new session if the old one has ended.
   * @param {string} name
   * @param {any} [value]
   */
  const call = async (name, value) => {
    if (!hasSession()) await renew();
    const answer = await api[name](bearer, value).catch(async (error) => {
      if (error.code != "timer_session_expired") throw error;
      bearer = null;
      await renew();
      return api[name](bearer, value);
    });
    const state = name == "state" ? answer : answer.state;
    if (state) onState(state);
    return answer;
  };

  /** The newest state: with the exchange if there is no session yet, else for one request. */
  const refresh = () => (hasSession() ? call("state") : renew());

  return {
    call,
    refresh,
    /** Follows what the server pushes; there is nothing to follow without a session. */
    async stream(/** @type {AbortSignal} */ signal, /** @type {string | undefined} */ lastId) {
      if (bearer && !hasSession()) await renew();
      if (!bearer) throw SIGN_IN;
      return api.stream(bearer, signal, lastId);
    },
    isGuest: () => isGuest,
    /** Another page of the same site may have signed in meanwhile. */
    lookAgain: () => (isStranger = false),
    signIn: async (/** @type {string} */ code) => {
      await buying?.catch(() => {});
      bearer = null;
      return renew(code);
    },
  };
}
