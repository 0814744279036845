/** The portal's frame: a list of invoices or estimates, and one of them. */
import { openFrame } from "../frame/open-frame.js";
import { bearerCalls, exchange } from "../frame/bearer-calls.js";
import { failed, loading } from "../frame/screens.js";
import { language, say } from "../frame/translations.js";
import { saveFile } from "../../panel/save-file.js";
import { h } from "../../panel/dom.js";
import { documentScreen } from "./document-screen.js";
import { listScreen } from "./list-screen.js";

const BUY_AGAIN = new Set(["portal_token_expired", "portal_token_replayed"]);
const main = h("main", { "aria-label": say("invoices") });
document.body.append(main);

openFrame((host) => {
  const origin = new URLSearchParams(location.search).get("origin");
  const fetch = window.fetch.bind(window);
  /** @type {Portal.Parties} */
  const parties = { from: null, client: null };

  const buy = async () => exchange(fetch, "../portal/session", { token: await host("token"), origin });
  const calls = bearerCalls({
    fetch,
    async getBearer() {
      const { session, expires_in, from, client } = await buy().catch((error) => {
        if (BUY_AGAIN.has(error.code)) return buy();
        throw error;
      });
      Object.assign(parties, { from, client });
      return { bearer: session, expires_in };
    },
  });

  /** @type {Portal.View} */
  const view = { kind: "invoices", show: "all", opened: null };
  let asked = 0;

  /** Shows what `make` gives, unless something else was asked for meanwhile. @param {() => Promise<Node>} make @param {() => void} again */
  const show = async (make, again) => {
    const mine = ++asked;
    const soon = setTimeout(() => mine == asked && main.replaceChildren(loading()), main.childElementCount ? 250 : 0);
    try {
      const screen = await make();
      if (mine == asked) main.replaceChildren(screen);
      return mine == asked;
    } catch (/** @type {any} */ error) {
      if (mine == asked) main.replaceChildren(failed(error, again));
      host("tell", { name: "error", detail: { code: error.code ?? "error", message: error.message ?? "" } });
      return false;
    } finally {
      clearTimeout(soon);
    }
  };

  const list = async () => {
    const isShown = await show(async () => listScreen({ view, calls, parties, list, open }), list);
    if (isShown) host("tell", { name: "ready" });
    return isShown;
  };

  /** @param {Portal.Row} row */
  const open = async (row) => {
    view.opened = row.id;
    const isShown = await show(async () => {
      const shown = await calls.json(`../portal/${view.kind}/${row.id}`);
      return documentScreen({ shown, view, parties, back, download });
    }, () => open(row));
    if (!isShown) return;
    main.querySelector("h1")?.focus();
    window.scrollTo(0, 0);
    host("tell", { name: "opened", detail: { kind: view.kind, id: row.id, number: row.number } });
  };

  const back = async () => {
    const { opened } = view;
    view.opened = null;
    if (await list()) /** @type {HTMLElement?} */ (main.querySelector(`[data-id="${opened}"]`))?.focus();
  };

  /** @param {Portal.Row} row */
  const download = async (row) => {
    const { name, text } = await calls.file(`../portal/${view.kind}/${row.id}/print?lang=${language}`);
    saveFile(name, "text/html", text);
  };

  document.addEventListener("keydown", (event) => {
    if (event.key == "Escape" && view.opened != null) void back();
  });
  void list();
  return { signOut: () => calls.post("../portal/sign-out") };
});
