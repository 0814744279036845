/** One plot: title, what it says, its picture, and the table behind it. */
import { h } from "../../panel/dom.js";
import { saveFile } from "../../panel/save-file.js";
import { nothing, told } from "../frame/screens.js";
import { say } from "../frame/translations.js";
import { moment } from "../frame/format.js";
import { chart } from "./chart.js";
import { heatMap } from "./heat-map.js";
import { tableOf } from "./table.js";

/**
 * @param {HTMLElement} section
 * @param {Insights.Plot} plot
 * @param {() => Promise<{name: string, text: string}>} file
 */
export function plotSection(section, plot, file) {
  const [title, words] = [say(`plot_${plot.name}`, plot.facts), say(`says_${plot.name}`, plot.facts)];
  const isEmpty = !plot.rows.length;
  const isMap = plot.name == "utilization";
  section.replaceChildren(
    ...[
      h("header.plot-top", {}, h("h2", {}, title), !isEmpty && saving(title, file)),
      isEmpty ? nothing(say("no_plot")) : h("p.says", {}, words),
      lacking(plot),
      !isEmpty && (isMap ? heatMap(plot, title) : chart(plot, `${title}. ${words}`)),
      !isEmpty && !isMap && h("details", {}, h("summary", {}, say("table")), tableOf(plot, title)),
      plot.as_of && h("p.quiet.note", {}, say("as_of", { moment: moment(plot.as_of) })),
    ].filter((part) => part),
  );
}

/** What could not be counted, by the names that the API has for it. @param {Insights.Plot} plot */
function lacking(plot) {
  const counts = Object.entries(plot.missing ?? {}).map(([name, count]) => `${name.replaceAll("_", " ")}: ${count}`);
  const streams = Object.entries(plot.coverage?.streams ?? {}).filter(([, stream]) => stream.state != "complete" && stream.state != "off");
  const what = [...streams.map(([name, stream]) => `${name.replaceAll("_", " ")}: ${stream.state}`), ...counts];
  return what.length ? h("p.quiet.note", { role: "note" }, say("partial", { what: what.join(", ") })) : null;
}

/** @param {string} title @param {() => Promise<{name: string, text: string}>} file */
function saving(title, file) {
  const problem = h("span.problem", { role: "alert", hidden: true });
  const save = async (/** @type {MouseEvent} */ { currentTarget }) => {
    const button = /** @type {HTMLButtonElement} */ (currentTarget);
    button.disabled = true;
    problem.hidden = true;
    await file()
      .then(({ name, text }) => saveFile(name, "text/csv", text))
      .catch((error) => Object.assign(problem, { textContent: told(error), hidden: false }));
    button.disabled = false;
  };
  return h(
    "span.saving",
    {},
    problem,
    h("button.button.small", { type: "button", onclick: save, "aria-label": `${say("csv")}: ${title}` }, say("csv")),
  );
}
