/**
 * Linking an account in a window of its own. The window opens within the click, before its address is known, because browsers
 * hold back windows that open later. The identity provider may cut the tie to that window (then it looks closed to us
 * although it is not), so the server is asked every two seconds whatever the window seems to be. The window begins with a
 * question for the proof that it was opened here: this frame alone has it, so an address that is sent to somebody is no use.
 */

const ASK_MS = 2000;
const READ_MS = 1500; // time to read "Harvest is connected" in the window before it closes
const GIVE_UP_MS = 10 * 60_000;
const WINDOW = "popup,width=560,height=760";

/**
 * @param {object} given
 * @param {() => Promise<any>} given.ask looks at the server's state; the panel leaves this screen by itself once it is active
 * @param {(step: Timer.Linking) => void} given.show called with `{phase, url?, message?}`: waiting, blocked, closed, denied or failed
 * @param {typeof window.open} [given.openWindow]
 */
export function accountLinking({ ask, show, openWindow = window.open.bind(window) }) {
  let /** @type {Window?} */ popup, /** @type {string?} */ url, /** @type {any} */ proof, /** @type {any} */ timer, /** @type {number} */ until;

  const end = () => {
    clearTimeout(timer);
    until = 0; // An answer that is still on its way begins no new waiting.
  };
  /** For good: a look that is still on its way must not begin to wait again. */
  const quit = () => {
    until = 0;
    end();
  };
  const wait = (/** @type {Timer.Linking["phase"]} */ phase) => {
    clearTimeout(timer);
    show({ phase, url });
    timer = setTimeout(async () => {
      await ask().catch(() => {});
      if (Date.now() < until) wait(popup?.closed ? "closed" : phase);
    }, ASK_MS);
  };

  const onMessage = (/** @type {any} */ { origin, source, data }) => {
    if (origin != location.origin) return;
    if (data?.type == "harvest-bridge:proof-wanted" && proof && data.page == url) {
      source.postMessage({ type: "harvest-bridge:proof", proof }, location.origin);
    }
    if (data?.type != "harvest-bridge:connect") return;
    if (data.outcome == "denied" || data.outcome == "failed") {
      end();
      show({ phase: data.outcome, message: String(data.message ?? "") });
    } else ask();
  };
  window.addEventListener("message", onMessage);

  return {
    /** @param {() => Promise<{url: string, proof: any}>} getUrl () -> promise of `{url, proof}`: where to sign in, and what that window must show */
    async begin(getUrl) {
      end();
      popup = openWindow("about:blank", "harvest-connect", WINDOW);
      url = proof = null;
      show({ phase: popup ? "waiting" : "blocked" });
      try {
        const where = await getUrl();
        url = new URL(where.url, location.href).href;
        proof = where.proof;
        if (!/^https?:/.test(url)) throw { message: url };
      } catch (/** @type {any} */ { message }) {
        popup?.close();
        return show({ phase: "failed", message });
      }
      until = Date.now() + GIVE_UP_MS;
      if (popup) popup.location.replace(url);
      wait(popup ? "waiting" : "blocked");
    },
    end: quit,
    /** The account is linked: the window has done its work. */
    finish() {
      quit();
      setTimeout((/** @type {Window?} */ done) => done?.close(), READ_MS, popup);
      popup = null;
    },
  };
}
