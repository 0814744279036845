/**
 * The timer session: in memory, in this frame, nowhere else. It is bought with a widget token from the host, and bought again
 * when the server says it has ended, so that signing out of the host ends it.
 */

const BUY_AGAIN = new Set(["widget_token_expired", "widget_token_replayed"]);

/**
 * @param api      see timer-api.js
 * @param askToken () -> promise of a fresh widget token from the host
 * @param onState  called with every State that an answer carries
 */
export function timerSession({ api, askToken, origin, onState }) {
  let bearer;
  let buying;

  const buyOnce = async () => api.session(await askToken(), origin);
  const buy = async () => {
    const bought = await buyOnce().catch((error) => (BUY_AGAIN.has(error.code) ? buyOnce() : Promise.reject(error)));
    bearer = bought.session;
    onState(bought.state);
  };
  /** Callers that need a session at the same moment share one exchange. */
  const renew = () => (buying ??= buy().finally(() => (buying = null)));

  /** Makes one call with the session, and once more with a new session if the old one has ended. */
  const call = async (name, value) => {
    if (!bearer) await renew();
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
  const refresh = () => (bearer ? call("state") : renew());

  return { call, refresh };
}
