/** The list: what is to be paid by currency, a choice of kind and status, and one row for each document. */
import { h, icon } from "../../panel/dom.js";
import { nothing } from "../frame/screens.js";
import { say } from "../frame/translations.js";
import { day, moment, money } from "../frame/format.js";
import { badge } from "./badge.js";

const LIMIT = 50;
/** @type {Record<string, string>} */
const STATUSES = { unpaid: "open,overdue,partially_paid", settled: "paid" };
const CHOICES = ["all", "unpaid", "settled"];

/**
 * @param {object} given
 * @param {Portal.View} given.view
 * @param {Portal.Calls} given.calls
 * @param {Portal.Parties} given.parties
 * @param {() => void} given.list
 * @param {(row: Portal.Row) => void} given.open
 */
export async function listScreen({ view, calls, parties, list, open }) {
  const path = `../portal/${view.kind}?limit=${LIMIT}`;
  const status = view.kind == "invoices" ? STATUSES[view.show] : undefined;
  const narrowed = status ? `${path}&status=${status}` : path;
  const page = await calls.json(narrowed);
  const { has_estimates } = await estimatesOf(calls, view, page);
  const choose = (/** @type {Partial<Portal.View>} */ wish) => () => {
    Object.assign(view, wish);
    list();
  };
  const rows = h("ul.rows", { role: "list" });
  const more = h("div.more", {});
  const add = (/** @type {any} */ next) => {
    rows.append(...next.result.map((/** @type {Portal.Row} */ row) => rowOf(view.kind, row, open)));
    const isLast = !next.next_cursor;
    more.replaceChildren(...(isLast ? [] : [h("button.button", { type: "button", onclick: () => read(next.next_cursor) }, say("more"))]));
  };
  const read = async (/** @type {string} */ cursor) => {
    const button = /** @type {HTMLButtonElement} */ (more.firstElementChild);
    button.disabled = true;
    const next = await calls.json(`${narrowed}&next_cursor=${encodeURIComponent(cursor)}`).catch(() => null);
    if (!next) return void (button.disabled = false);
    const first = rows.childElementCount;
    add(next);
    /** @type {HTMLElement?} */ (rows.children[first]?.firstElementChild)?.focus();
  };
  add(page);
  return h(
    "div.screen",
    {},
    h("header.top", {}, h("h1", {}, say(view.kind)), parties.client && h("p.quiet", {}, parties.client)),
    view.kind == "invoices" && view.show != "settled" && sums(page.sums),
    has_estimates && switcher("kinds", ["invoices", "estimates"], view.kind, (kind) => choose({ kind: /** @type {any} */ (kind) })),
    view.kind == "invoices" && (page.result.length || view.show != "all") && switcher("show", CHOICES, view.show, (show) => choose({ show })),
    page.result.length ? rows : nothing(say(view.kind == "invoices" && view.show != "all" ? "none_of_these" : `no_${view.kind}`)),
    more,
    !page.is_complete && h("p.quiet.note", { role: "note" }, say("incomplete")),
    page.as_of && h("p.quiet.note", {}, say("as_of", { moment: moment(page.as_of) })),
  );
}

/** Whether there are estimates at all, asked once. @param {Portal.Calls} calls @param {Portal.View} view @param {any} page */
async function estimatesOf(calls, view, page) {
  if (view.kind == "estimates" && page.result.length) view.hasEstimates = true;
  view.hasEstimates ??= await calls.json("../portal/estimates?limit=1").then(
    (some) => some.result.length > 0,
    () => false,
  );
  return { has_estimates: view.hasEstimates };
}

/** @param {any[]} byCurrency */
function sums(byCurrency) {
  const owing = byCurrency.filter((sum) => Number(sum.due_amount) > 0);
  if (!byCurrency.length) return null;
  if (!owing.length) return h("p.sums.settled", {}, icon("check"), say("nothing_to_pay"));
  return h(
    "dl.sums",
    {},
    ...owing.flatMap((sum) => [
      h(
        "div.sum",
        {},
        h("dt", {}, say("to_pay_total")),
        h("dd.big", {}, money(sum.due_amount, sum.currency)),
        Number(sum.overdue_amount) > 0 && h("dd.late", {}, `${say("overdue_total")} ${money(sum.overdue_amount, sum.currency)}`),
      ),
    ]),
  );
}

/**
 * @param {string} name
 * @param {string[]} choices
 * @param {string} chosen
 * @param {(choice: string) => () => void} choose
 */
const switcher = (name, choices, chosen, choose) =>
  h(
    `div.switcher.${name}`,
    { role: "group", "aria-label": say("show") },
    ...choices.map((choice) =>
      h("button.choice", { type: "button", "aria-pressed": String(choice == chosen), onclick: choose(choice) }, say(choice)),
    ),
  );

/** @param {string} kind @param {Portal.Row} row @param {(row: Portal.Row) => void} open */
function rowOf(kind, row, open) {
  const title = say(kind == "invoices" ? "invoice" : "estimate", { number: row.number ?? row.id });
  return h(
    "li",
    {},
    h(
      "button.row",
      { type: "button", "data-id": String(row.id), onclick: () => open(row) },
      h("span.row-title", {}, h("b", {}, title), row.subject && h("span.subject", {}, row.subject)),
      h("span.row-amount", {}, money(row.amount, row.currency)),
      h("span.row-when", {}, when(row)),
      h("span.row-status", {}, badge(row.status)),
    ),
  );
}

/** @param {Portal.Row} row */
function when(row) {
  if (row.status == "overdue") return h("span.late", {}, say("overdue_since", { day: day(row.due_date) }));
  if (row.status == "paid" && row.paid_date) return say("paid_on", { day: day(row.paid_date) });
  if (row.due_date && row.status != "written_off") return `${say("due")} ${day(row.due_date)}`;
  return `${say("issued")} ${day(row.issue_date)}`;
}
