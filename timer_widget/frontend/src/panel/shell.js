/** What stands around every screen: whose time it is for, a way out, and the way to one's timesheet. */
import { panelWords as words } from "../shared/words.js";
import { h, icon, write } from "./dom.js";

export function shell(act) {
  const title = h("h1.title");
  const group = h("p.group");
  const close = h("button.icon-button", { type: "button", "aria-label": words.close, onclick: act.close }, icon("close"));
  const mark = h("span.mark", {}, icon("clock"));
  const stage = h("div.stage");
  const account = h("span.account");
  const sheet = h(
    "a.link",
    { target: "_blank", rel: "noreferrer", "aria-label": `${words.timesheet} (${words.newWindow})` },
    words.timesheet,
    icon("out"),
  );
  const foot = h("footer.foot", {}, sheet, account);
  const said = h("p.unseen", { role: "status" });
  const head = h("header.head", {}, mark, h("div.titles", {}, title, group), close);

  return {
    element: h("main.card", {}, head, stage, foot, said),
    stage,
    say: (text) => write(said, text),
    update({ item, named, closable, chromeless, snapshot }) {
      const link = snapshot?.state?.connection;
      write(title, item && named ? item.name : words.title);
      write(group, item?.group_name ?? "");
      write(account, link?.harvest_account_name ?? "");
      mark.hidden = chromeless;
      close.hidden = !closable;
      foot.hidden = chromeless || !link?.timesheet_url;
      if (/^https?:/.test(link?.timesheet_url ?? "")) sheet.href = link.timesheet_url;
    },
  };
}
