/** Utilization by person and week: a table that is its own picture, with every figure in its cell and a key in words. */
import { h } from "../../panel/dom.js";
import { say } from "../frame/translations.js";
import { tableOf } from "./table.js";

const BANDS = ["under", "on_target", "over", "overbooked"];

/** @param {Insights.Plot} plot @param {string} title */
export const heatMap = (plot, title) => {
  const scroller = tableOf(plot, title);
  scroller.classList.add("heat-map");
  const key = [...BANDS.map((band) => h("span", { "data-tone": band }, say(band))), h("span", {}, say("no_capacity"))];
  // The latest weeks are what people look for, and they come last.
  requestAnimationFrame(() => (scroller.scrollLeft = document.documentElement.dir == "rtl" ? -scroller.scrollWidth : scroller.scrollWidth));
  return h("div.heat", {}, h("p.key", {}, ...key), scroller);
};
