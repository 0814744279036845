/** The frame of plots: each with its chart, what it says in words, the table behind it, and that as CSV. */
import { openFrame, parameter } from "../frame/open-frame.js";
import { bearerCalls } from "../frame/bearer-calls.js";
import { failed, loading } from "../frame/screens.js";
import { say } from "../frame/translations.js";
import { h } from "../../panel/dom.js";
import { plotSection } from "./plot-section.js";

const ALL = ["utilization", "margins", "budgets"];
const LIFE_S = 15 * 60; // of an integrated-account token
const main = h("main.screen.plots", { "aria-label": say("insights") });
document.body.append(main);

const asked = (parameter("plots") ?? "").split(/[\s,]+/).filter((name) => ALL.includes(name));
const names = asked.length ? [...new Set(asked)] : ALL;

openFrame((host) => {
  const calls = bearerCalls({
    fetch: window.fetch.bind(window),
    getBearer: async () => ({ bearer: await host("token"), expires_in: LIFE_S }),
  });
  let isTold = false;

  /** @param {string} name @param {HTMLElement} section */
  const draw = async (name, section) => {
    section.replaceChildren(loading());
    try {
      const plot = await calls.json(`../insights/plots/${name}`);
      plotSection(section, plot, () => calls.file(`../insights/plots/${name}.csv`));
      if (!isTold) host("tell", { name: "ready" });
      isTold = true;
    } catch (/** @type {any} */ error) {
      section.replaceChildren(h("h2", {}, title(name)), failed(error, () => draw(name, section)));
      host("tell", { name: "error", detail: { code: error.code ?? "error", message: error.message ?? "", plot: name } });
    }
  };

  for (const name of names) {
    const section = h("section.plot", {});
    main.append(section);
    void draw(name, section);
  }
  return { signOut: () => main.replaceChildren() };
});

/** Before anything is known of it. @param {string} name */
const title = (name) => say(`plot_${name}`, { days: "90" });
