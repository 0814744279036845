/** One invoice or estimate: parties, line items by project, sums, payments; to keep and to print. */
import { h, icon } from "../../panel/dom.js";
import { told } from "../frame/screens.js";
import { say } from "../frame/translations.js";
import { day, money, moment, number } from "../frame/format.js";
import { badge } from "./badge.js";

/**
 * @param {object} given
 * @param {any} given.shown
 * @param {Portal.View} given.view
 * @param {Portal.Parties} given.parties
 * @param {() => void} given.back
 * @param {(row: Portal.Row) => Promise<void>} given.download
 */
export function documentScreen({ shown, view, parties, back, download }) {
  const title = say(view.kind == "invoices" ? "invoice" : "estimate", { number: shown.number ?? shown.id });
  return h(
    "article.screen.document",
    {},
    h("button.button.small.back", { type: "button", onclick: back }, icon("chevron", "icon turned"), say("back")),
    h("header.top", {}, h("h1", { tabIndex: -1 }, title), badge(shown.status)),
    shown.subject && h("p.subject", {}, shown.subject),
    facts(shown, parties),
    shown.projects.length ? lines(shown) : h("p.nothing", {}, say("no_lines")),
    totals(shown),
    view.kind == "invoices" && payments(shown),
    shown.notes && h("section", {}, h("h2", {}, say("notes")), h("p.notes", {}, shown.notes)),
    actions(shown, download),
    shown.as_of && h("p.quiet.note", {}, say("as_of", { moment: moment(shown.as_of) })),
  );
}

/** @param {any} shown @param {Portal.Parties} parties */
function facts(shown, parties) {
  const period = shown.period_start && shown.period_end && `${day(shown.period_start)} – ${day(shown.period_end)}`;
  const due = shown.status == "overdue" ? h("span.late", {}, say("overdue_since", { day: day(shown.due_date) })) : day(shown.due_date);
  const known = [
    ["from", parties.from],
    ["for", parties.client],
    ["issued", day(shown.issue_date)],
    ["due", shown.due_date && due],
    ["period", period],
    ["purchase_order", shown.purchase_order],
  ].filter(([, value]) => value);
  return h("dl.facts", {}, ...known.map(([name, value]) => h("div", {}, h("dt", {}, say(/** @type {string} */ (name))), h("dd", {}, value))));
}

/** @param {any} shown */
function lines(shown) {
  const head = ["description", "quantity", "unit_price", "amount"];
  return h(
    "table.lines",
    {},
    h("thead", {}, h("tr", {}, ...head.map((name) => h(`th${name == "description" ? "" : ".number"}`, { scope: "col" }, say(name))))),
    ...shown.projects.map((/** @type {any} */ project) => group(project, shown.currency)),
  );
}

/** @param {any} project @param {string} currency */
const group = (project, currency) =>
  h(
    "tbody",
    {},
    project.name &&
      h(
        "tr.project",
        {},
        h("th", { scope: "rowgroup", colSpan: 3 }, project.name),
        h("td.number", {}, project.amount && money(project.amount, currency)),
      ),
    ...project.line_items.map((/** @type {any} */ line) => lineOf(line, currency)),
  );

/** On a narrow page quantity and price stand below the description, so that nothing is cut off. @param {any} line @param {string} currency */
function lineOf(line, currency) {
  const [quantity, price] = [number(line.quantity), money(line.unit_price, currency)];
  return h(
    "tr",
    {},
    h("td", {}, h("span.text", {}, line.description ?? line.kind ?? ""), h("span.each", {}, `${quantity} × ${price}`)),
    h("td.number.wide-only", {}, quantity),
    h("td.number.wide-only", {}, price),
    h("td.number", {}, money(line.amount, currency)),
  );
}

/** @param {any} shown */
function totals(shown) {
  const amount = (/** @type {string} */ name) => money(shown[name], shown.currency);
  const percent = (/** @type {string} */ name) => ` (${number(shown[name])} %)`;
  const isPlain = !shown.discount && !shown.tax && !shown.tax2;
  const rows = [
    !isPlain && ["", say("subtotal"), amount("subtotal")],
    shown.discount && ["", say("discount") + percent("discount"), `−${amount("discount_amount")}`],
    shown.tax && ["", say("tax") + percent("tax"), amount("tax_amount")],
    shown.tax2 && ["", say("tax") + percent("tax2"), amount("tax2_amount")],
    [".total", say("total"), amount("amount")],
    shown.paid_amount != null && ["", say("paid_amount"), amount("paid_amount")],
    shown.due_amount != null && shown.status != "written_off" && [".due", say("due_amount"), amount("due_amount")],
  ].filter(Boolean);
  return h("dl.totals", {}, ...rows.map(([kind, name, value]) => h(`div${kind}`, {}, h("dt", {}, name), h("dd", {}, value))));
}

/** @param {any} shown */
const payments = (shown) =>
  h(
    "section",
    {},
    h("h2", {}, say("payments")),
    shown.payments.length
      ? h(
          "dl.payments",
          {},
          ...shown.payments.map((/** @type {any} */ one) =>
            h("div", {}, h("dt", {}, day(one.paid_date)), h("dd", {}, money(one.amount, shown.currency))),
          ),
        )
      : h("p.quiet", {}, say("no_payments")),
  );

/** @param {any} shown @param {(row: Portal.Row) => Promise<void>} download */
function actions(shown, download) {
  const problem = h("p.problem", { role: "alert", hidden: true });
  const save = async (/** @type {MouseEvent} */ { currentTarget }) => {
    const button = /** @type {HTMLButtonElement} */ (currentTarget);
    button.disabled = true;
    problem.hidden = true;
    await download(shown).catch((error) => Object.assign(problem, { textContent: told(error), hidden: false }));
    button.disabled = false;
  };
  return h(
    "div.actions",
    {},
    h("button.button.primary", { type: "button", onclick: save }, say("download")),
    h("button.button", { type: "button", onclick: () => window.print() }, say("print")),
    problem,
  );
}
