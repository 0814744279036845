/** A screen that says one thing, and offers at most one way on. */
import { fill, panelWords as words } from "../../shared/words.js";
import { h, icon, write } from "../dom.js";

/** `{kind, sign, title, text, action}`; `action` is `{label, run}`, and the text may depend on the model. */
export function messageScreen({ sign, title, text, action }) {
  const body = h("p.message-text");
  const button = action && h("button.button", { type: "button", onclick: action.run }, action.label);
  return {
    element: h(
      "div.message",
      {},
      h("span.message-sign", {}, icon(sign)),
      h("div.message-words", {}, h("h2.message-title", {}, title), body),
      button,
    ),
    update: (model) => write(body, typeof text == "function" ? text(model) : text),
    focus: () => button?.focus(),
  };
}

/** The screens that are nothing but a message. */
export const messageScreens = (act) => ({
  "no-item": () => messageScreen({ sign: "alert", title: words.noItemTitle, text: words.noItemText }),
  "no-session": () => messageScreen({ sign: "link", title: words.noSessionTitle, text: words.noSessionText }),
  error: () =>
    messageScreen({
      sign: "alert",
      title: words.errorTitle,
      text: ({ snapshot }) => snapshot.message ?? "",
      action: { label: words.tryNow, run: act.wake },
    }),
  away: () =>
    messageScreen({
      sign: "alert",
      title: words.awayTitle,
      text: words.awayText,
      action: { label: words.tryNow, run: act.wake },
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
