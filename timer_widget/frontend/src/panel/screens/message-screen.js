/** A screen that says one thing, and offers at most one way on. */
import { fill, panelWords as words } from "../../shared/translations.js";
import { h, icon, write } from "../dom.js";
import { failureText } from "../failure.js";
import { timeOfDay } from "../moments.js";
import { trouble } from "../trouble.js";

const said = (/** @type {any} */ words, /** @type {Timer.Model} */ model) => (typeof words == "function" ? words(model) : words);

/**
 * Title and text may depend on the model.
 * @typedef {{label: string, run: () => unknown}} Action
 * @typedef {string | ((model: Timer.Model) => string)} Text
 * @param {{sign: string, title: Text, text: Text, action?: Action, other?: Action}} given
 * @returns {Timer.Screen}
 */
export function messageScreen({ sign, title, text, action, other }) {
  const heading = h("h2.message-title");
  const body = h("p.message-text");
  const [button, second] = [action, other].map(
    (each) => each && h("button.button", { type: "button", onclick: each.run }, each.label),
  );
  return {
    element: h(
      "div.message",
      {},
      h("span.message-sign", {}, icon(sign)),
      h("div.message-words", {}, heading, body),
      h("div.message-actions", {}, second, button),
    ),
    update(model) {
      write(heading, said(title, model));
      write(body, said(text, model));
    },
    focus: () => button?.focus(),
  };
}

/** In the server's words, or in ours where we know the case. */
const reason = (/** @type {Timer.Model} */ { problem, snapshot }) => (problem ? failureText(problem) : (snapshot.message ?? ""));

/**
 * The screens that are nothing but a message.
 * @param {Timer.Acts} act
 */
export const messageScreens = (act) => ({
  "no-session": () => messageScreen({ sign: "link", title: words.noSessionTitle, text: words.noSessionText }),
  error: () =>
    messageScreen({
      sign: "alert",
      title: words.errorTitle,
      text: reason,
      action: { label: words.tryNow, run: act.again },
    }),
  forbidden: () =>
    messageScreen({
      sign: "lock",
      title: words.forbiddenTitle,
      text: reason,
      action: { label: words.tryNow, run: act.again },
      other: { label: words.switchAccount, run: act.switchAccount },
    }),
  away: () =>
    messageScreen({
      sign: "cloud",
      title: (model) => trouble(model.problem ?? model.snapshot)[0],
      text: (model) => trouble(model.problem ?? model.snapshot)[1],
      action: { label: words.tryNow, run: act.again },
    }),
  "sign-out": () =>
    messageScreen({
      sign: "out",
      title: words.signOutTitle,
      text: ({ appName }) => fill(words.signOutText, { app: appName ?? words.thisPage }),
      action: { label: words.stay, run: act.back }, // has the focus
      other: { label: words.signOut, run: act.signOut },
    }),
  unconfirmed: () =>
    messageScreen({
      sign: "clock",
      title: words.unconfirmedTitle,
      text: ({ snapshot: { shows }, zone }) => (shows ? fill(words.unconfirmedText, { time: timeOfDay(shows.since, zone) }) : ""),
      action: { label: words.stop, run: act.stop },
    }),
  empty: () =>
    messageScreen({
      sign: "folder",
      title: words.emptyTitle,
      text: ({ snapshot }) =>
        fill(words.emptyText, { account: snapshot.state.connection.harvest_account_name ?? words.yourAccount }),
      action: { label: words.lookAgain, run: act.load },
    }),
});
