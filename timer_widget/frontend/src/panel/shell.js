/** What stands around every screen: whose time it is for, what was just done, a way out, one's day, timesheet and account. */
import { fill, panelWords as words } from "../shared/translations.js";
import { h, icon, write } from "./dom.js";
import { forgottenTimers } from "./forgotten-timers.js";
import { foreignZone } from "./moments.js";
import { noticeLine } from "./notice.js";
import { unsettledClicks } from "./unsettled-clicks.js";

const WITH_DAY = new Set(["form", "running", "empty"]);
const WITH_CLOCK = new Set(["form", "running", "edit"]);

/**
 * @param {Timer.Acts} act
 * @param {ReturnType<typeof import("./day-list.js").dayList>} day see day-list.js
 */
export function shell(act, day) {
  const title = h("h1.title");
  const group = h("p.group");
  const close = h("button.icon-button", { type: "button", "aria-label": words.close, onclick: act.close }, icon("close"));
  const past = h("button.icon-button", { type: "button", "aria-label": words.history, title: words.history, onclick: act.showHistory }, icon("history"));
  const mark = h("span.mark", {}, icon("clock"));
  const stage = h("div.stage");
  const notice = noticeLine(act);
  const zone = h("p.zone");
  const foot = footer(act);
  const forgotten = forgottenTimers(act);
  const unsettled = unsettledClicks(act);
  const head = h("header.head", {}, mark, h("div.titles", {}, title, group), past, close);

  return {
    element: h("main.card", {}, head, notice.element, forgotten.element, unsettled.element, stage, zone, day.element, foot.element),
    stage,
    undo: notice.undo,
    update(/** @type {Timer.Model} */ model, /** @type {string} */ screen) {
      const { item, named, closable, chromeless, view } = model;
      /** @type {any[]} */
      const own = [named ? item.name : words.title, item.group_name ?? ""];
      const [head, below] = view?.entry ? headOf(view.entry) : own; // an entry may be of another ticket
      write(title, head);
      write(group, below);
      const foreign = WITH_CLOCK.has(screen) ? foreignZone(model.zone, Date.now()) : "";
      zone.hidden = !foreign;
      if (foreign) write(zone, fill(words.zone, { zone: foreign }));
      mark.hidden = chromeless;
      close.hidden = !closable;
      notice.update(model);
      forgotten.update(model);
      unsettled.update(model);
      const isAsking = model.snapshot?.state?.forgotten?.some(({ status }) => status == "open"); // one question at a time
      day.update(WITH_DAY.has(screen) && !isAsking ? model : { ...model, day: null });
      past.hidden = !WITH_DAY.has(screen) || !item.id;
      foot.update(model, screen);
    },
  };
}

const headOf = (/** @type {Timer.Entry} */ { project, task, client, lock }) => [
  lock ? `${project.name} · ${task.name}` : words.editTitle,
  lock ? (client?.name ?? "") : `${project.name} · ${task.name}`,
];

/**
 * The timesheet, and the account that time goes to.
 * @param {Timer.Acts} act
 */
function footer(act) {
  const sheet = h(
    "a.link",
    { target: "_blank", rel: "noreferrer", "aria-label": `${words.timesheet} (${words.newWindow})` },
    words.timesheet,
    icon("out"),
  );
  const account = h("span.account");
  const change = h("button.link", { type: "button", onclick: act.switchAccount }, words.switchAccount);
  const leave = h("button.link", { type: "button", onclick: act.askSignOut }, words.signOut);
  const element = h("footer.foot", {}, sheet, account, h("span.foot-acts", {}, change, leave));
  return {
    element,
    update(/** @type {Timer.Model} */ { chromeless, snapshot, busy }, /** @type {string} */ screen) {
      const { status, via, harvest_account_name: name, timesheet_url: address = "" } = /** @type {any} */ (snapshot?.state?.connection ?? {});
      element.hidden = chromeless || status != "active" || screen == "connect" || screen == "sign-out";
      sheet.hidden = !/^https?:/.test(address ?? "");
      if (!sheet.hidden) sheet.href = address;
      write(account, name ?? "");
      account.title = name ? fill(words.account, { account: name }) : "";
      change.hidden = leave.hidden = via == "account"; // The company's account is not this person's to let go of.
      change.disabled = leave.disabled = Boolean(busy);
    },
  };
}
