/** The table behind a plot; it scrolls sideways, also by keyboard. */
import { h } from "../../panel/dom.js";
import { headersOf, wordIn } from "./headers.js";

/** @param {Insights.Plot} plot @param {string} title */
export function tableOf(plot, title) {
  const cells = (/** @type {Insights.Cell[]} */ row) =>
    row.map(({ text, tone }, column) =>
      column == 0
        ? h("th", { scope: "row" }, wordIn(plot, text, 0))
        : h("td", { "data-tone": tone || null }, wordIn(plot, text, column)),
    );
  return h(
    "div.scroller",
    { tabIndex: 0, role: "region", "aria-label": title },
    h(
      "table.figures",
      {},
      h("thead", {}, h("tr", {}, ...headersOf(plot).map((header) => h("th", { scope: "col" }, header)))),
      h("tbody", {}, ...plot.rows.map((row) => h("tr", {}, ...cells(row)))),
    ),
  );
}
