/**
 * A plot drawn by Chart.js, as the admin's theme ships it, in the frame's own colours: the server names them by the theme's variables,
 * which a canvas does not know, so they are looked up, and again when light becomes dark.
 */
import { h } from "../../panel/dom.js";
import { language, say } from "../frame/translations.js";
import { shortDay } from "./headers.js";

const NARROW_PX = 480;
const LONGEST = 16; // characters of a name there
const VARIABLE = /^var\(--[\w-]+\)$/;
const dark = matchMedia("(prefers-color-scheme: dark)");

/** @param {Insights.Plot} plot @param {string} words what is to be seen */
export function chart(plot, words) {
  const canvas = h("canvas", {});
  const figure = h("div.chart", { role: "img", "aria-label": words }, canvas);
  figure.style.height = `${plot.height}px`;
  const key = plot.key.map(({ name, color }) => {
    const entry = h("span", {}, name);
    entry.style.setProperty("--key", `var(--color-${color})`);
    return entry;
  });
  /** @type {any} */
  let drawn;
  const draw = () => {
    drawn?.destroy();
    if (!canvas.isConnected) return dark.removeEventListener("change", draw);
    drawn = new /** @type {any} */ (window).Chart(canvas, settings(plot, canvas));
  };
  requestAnimationFrame(draw);
  dark.addEventListener("change", draw);
  return h("div", {}, key.length > 0 && h("p.key", {}, ...key), figure);
}

/** @param {Insights.Plot} plot @param {HTMLElement} near */
function settings(plot, near) {
  const isRightToLeft = document.documentElement.dir == "rtl";
  const data = coloured(structuredClone(plot.data), near);
  const options = structuredClone(plot.options);
  const grid = colour("var(--line)", near);
  for (const axis of Object.values(/** @type {Record<string, any>} */ (options.scales))) {
    axis.ticks.color = colour("var(--quiet)", near);
    axis.grid.color = grid;
  }
  if (isRightToLeft) {
    options.scales.x.reverse = true;
    options.scales.y.position = "right";
  }
  options.locale = language;
  options.plugins.tooltip = { ...options.plugins.tooltip, rtl: isRightToLeft };
  if (plot.name == "budgets") {
    data.labels = plot.days.map(shortDay);
    for (const set of data.datasets)
      if (set.borderDash) set.label = say("forecast", { name: set.label.replace(/, forecast$/, "") });
  }
  if (plot.name == "margins") {
    data.datasets[0].label = say("margin");
    const isNarrow = near.clientWidth < NARROW_PX;
    data.labels = data.labels.map((/** @type {string} */ label) => {
      const named = label.replace(/^No client \(/, `${say("no_client")} (`);
      return isNarrow ? twoLines(named) : named;
    });
  }
  return { type: plot.kind, data, options };
}

/** Client and currency below each other, the client cut to what there is room for. @param {string} label */
function twoLines(label) {
  const [, name, currency] = /^(.*) (\(\w+\))$/.exec(label) ?? [label, label, ""];
  return [name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name, currency];
}

/** Every `var(--…)` in it as the colour that it is here. @param {any} value @param {HTMLElement} near @returns {any} */
function coloured(value, near) {
  if (typeof value == "string") return VARIABLE.test(value) ? colour(value, near) : value;
  if (Array.isArray(value)) return value.map((each) => coloured(each, near));
  if (value && typeof value == "object")
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, coloured(each, near)]));
  return value;
}

/** @param {string} variable @param {HTMLElement} near */
function colour(variable, near) {
  const probe = h("i", { hidden: false });
  probe.style.color = variable;
  near.parentElement?.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}
