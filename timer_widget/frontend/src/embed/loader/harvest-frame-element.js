/**
 * What both elements are: one frame of ours, as high as what it shows, that asks the page for tokens over a private channel.
 *
 * Opening: the frame's address carries a nonce in its fragment; the frame says it to this page's exact origin; we answer with one
 * end of a channel, to its exact origin. A frame that stays silent counts as a server that is away, and is tried again.
 */
import { CONTROLLER_HELLO, CONTROLLER_READY, isFrom } from "../../shared/host-messages.js";
import { portCalls } from "../../shared/port-calls.js";
import { emit } from "../../loader/emit.js";
import { base, origin } from "./script-home.js";
import css from "./frame.css";

const SILENCE_MS = 8000;
const AGAIN_MS = 10_000;
const TALLEST = 20_000;

const style = new CSSStyleSheet();
style.replaceSync(css);

export class HarvestFrameElement extends HTMLElement {
  static observedAttributes = ["theme", "accent", "lang", "token-url", "plots", "title"];

  /** Where the frame is, what it is called, and which attributes go with its address. */
  static path = "";
  static caption = "";
  static passedOn = ["theme", "accent", "lang"];

  /** Instead of `token-url`: answers a fresh token each time it is asked. @type {(() => string | Promise<string>) | null} */
  token = null;

  /** @type {HTMLIFrameElement | null} */
  #frame = null;
  /** @type {Timer.Call | null} */
  #call = null;
  /** @type {any} */
  #timer;
  #nonce = "";
  #isDue = false;
  #hear = (/** @type {MessageEvent} */ event) => this.#onMessage(event);
  #begin = () => this.#open();

  connectedCallback() {
    if (!this.shadowRoot) this.attachShadow({ mode: "open" }).adoptedStyleSheets = [style];
    addEventListener("message", this.#hear);
    // Not before the page has loaded: its load event never waits for us.
    if (document.readyState == "complete") this.#later();
    else addEventListener("load", this.#begin, { once: true });
  }

  disconnectedCallback() {
    removeEventListener("message", this.#hear);
    removeEventListener("load", this.#begin);
    this.#close();
  }

  /** @param {string} _name @param {string?} before @param {string?} now */
  attributeChangedCallback(_name, before, now) {
    if (this.#frame && before !== now) this.#later();
  }

  /** Reads everything anew. */
  reload() {
    if (this.isConnected) this.#later();
  }

  /** Ends the session at once, as where your page signs its visitor out. */
  async signOut() {
    await this.#call?.("signOut");
    this.#close();
  }

  #later() {
    if (this.#isDue) return;
    this.#isDue = true;
    setTimeout(() => {
      this.#isDue = false;
      if (this.isConnected) this.#open();
    });
  }

  #close() {
    clearTimeout(this.#timer);
    this.#frame?.remove();
    this.#frame = this.#call = null;
  }

  #open() {
    this.#close();
    const { path, caption, passedOn } = /** @type {typeof HarvestFrameElement} */ (this.constructor);
    this.#nonce = crypto.getRandomValues(new Uint32Array(4)).join();
    const query = new URLSearchParams({ origin: location.origin });
    for (const name of passedOn) {
      const value = this.getAttribute(name);
      if (value) query.set(name, value);
    }
    const src = `${base}${path}?${query}#${this.#nonce}`;
    const frame = Object.assign(document.createElement("iframe"), { src, title: this.title || caption });
    frame.setAttribute("part", "frame");
    this.#frame = frame;
    this.setAttribute("data-harvest-state", "loading");
    /** @type {ShadowRoot} */ (this.shadowRoot).append(frame);
    this.#timer = setTimeout(() => this.#silent(), SILENCE_MS);
  }

  #silent() {
    this.#tell("error", { code: "unavailable", message: "The Harvest Bridge cannot be reached here." });
    this.#timer = setTimeout(() => this.#open(), AGAIN_MS);
  }

  /** @param {MessageEvent} event */
  #onMessage(event) {
    const source = this.#frame?.contentWindow;
    if (!source || !isFrom(event, CONTROLLER_READY, origin, source) || event.data.nonce != this.#nonce) return;
    clearTimeout(this.#timer);
    const { port1, port2 } = new MessageChannel();
    this.#call = portCalls(port1, {
      __proto__: /** @type {any} */ (null),
      token: () => this.#askForToken(),
      resize: (/** @type {any} */ height) => this.#resize(Number(height)),
      tell: (/** @type {any} */ { name, detail }) => this.#tell(String(name), detail),
    });
    source.postMessage({ type: CONTROLLER_HELLO, nonce: this.#nonce }, origin, [port2]);
  }

  /** @param {number} height */
  #resize(height) {
    if (height > 0 && this.#frame) this.#frame.style.height = `${Math.min(Math.ceil(height), TALLEST)}px`;
  }

  /** @param {string} name @param {any} detail */
  #tell(name, detail) {
    if (name == "ready" || name == "error") this.setAttribute("data-harvest-state", name);
    emit(this, `${this.localName}:${name}`, detail ?? {});
  }

  async #askForToken() {
    if (this.token) return this.token();
    const address = this.getAttribute("token-url");
    if (!address) throw { code: "token_missing", message: "Set token-url, or the element's token." };
    const answer = await fetch(address, { method: "POST", headers: { Accept: "application/json" } });
    if (!answer.ok) throw { code: "token_refused", message: `${address} answered ${answer.status}.` };
    return (await answer.json()).token;
  }
}
