/** Linking one's own Harvest account, step by step: before, while the window is open, and each way it can go wrong. */
import { fill, panelWords as words } from "../../shared/translations.js";
import { h, icon, write } from "../dom.js";

/** @type {Record<string, {sign: string, title: string, text: string?, button?: string, quiet?: boolean}>} */
const STEPS = {
  ask: { sign: "link", title: words.connectTitle, text: words.connectText, button: words.connect },
  relink: { sign: "link", title: words.relinkTitle, text: words.relinkText, button: words.reconnect },
  waiting: { sign: "busy", title: words.waitingTitle, text: words.waitingText, button: words.openAgain, quiet: true },
  blocked: { sign: "out", title: words.blockedTitle, text: words.blockedText },
  closed: { sign: "link", title: words.closedTitle, text: words.closedText, button: words.connect },
  denied: { sign: "alert", title: words.deniedTitle, text: words.deniedText, button: words.connect },
  failed: { sign: "alert", title: words.closedTitle, text: null, button: words.connect },
};

/**
 * @param {Timer.Acts} act
 * @returns {Timer.Screen}
 */
export function connectScreen(act) {
  const sign = h("span.message-sign");
  const title = h("h2.message-title");
  const text = h("p.message-text");
  const button = h("button.button", { type: "button", onclick: act.connect });
  const link = h("a.button.primary", { target: "_blank", rel: "opener" }, words.openHarvest, icon("out"));
  /** @type {string} */
  let shown;

  return {
    element: h("div.message", {}, sign, h("div.message-words", { role: "status" }, title, text), button, link),
    update({ snapshot, linking, appName }) {
      const phase = linking?.phase ?? (snapshot.status == "relink" ? "relink" : "ask");
      const step = STEPS[phase];
      write(title, step.title);
      write(text, step.text ? fill(step.text, { app: appName ?? words.thisPage }) : /** @type {any} */ (linking).message);
      link.hidden = phase != "blocked";
      if (linking?.url) link.href = linking.url;
      button.hidden = !step.button;
      button.disabled = phase == "waiting" && !(/** @type {any} */ (linking).url);
      button.classList.toggle("primary", !step.quiet);
      if (phase == shown) return;
      shown = phase;
      button.replaceChildren(step.button ?? "", icon("out"));
      sign.replaceChildren(step.sign == "busy" ? h("span.spinner") : icon(step.sign));
    },
    focus: () => button.focus(),
  };
}
