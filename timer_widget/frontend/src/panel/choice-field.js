/**
 * A labelled field in which one of many options is chosen: an ARIA 1.2 combobox with a grouped listbox.
 *
 * Typing filters, arrows move, Enter chooses, Tab chooses what was reached by typing or arrows and moves on, Escape closes
 * the list and nothing else. Focus never leaves the input. Long lists show their first hundred and say how many more there are.
 */
import { fill, panelWords as words } from "../shared/words.js";
import { matches, search } from "./catalogue.js";
import { h, icon, write } from "./dom.js";

const MOST = 100;
let fields = 0;

export function choiceField({ label, placeholder, onChoose, onToggle }) {
  const id = `choice-${++fields}`;
  let options = [];
  let chosen = null;
  let shown = [];
  let active = -1;
  let hasMoved = false;

  const input = h("input.input", {
    id,
    type: "text",
    placeholder,
    autocomplete: "off",
    spellcheck: false,
    role: "combobox",
    "aria-expanded": "false",
    "aria-controls": `${id}-list`,
    "aria-autocomplete": "list",
    "aria-describedby": `${id}-error`,
  });
  const hint = h("span.choice-hint", { "aria-hidden": "true" });
  const list = h("div.choice-list", { id: `${id}-list`, role: "listbox", "aria-label": label, hidden: true, tabIndex: -1 });
  const count = h("span.unseen", { role: "status" });
  const error = h("p.field-error", { id: `${id}-error` });
  const box = h("div.choice-box", {}, input, hint, icon("chevron"), list);
  const element = h("div.field", {}, h("label.label", { for: id }, label), box, error, count);

  const isOpen = () => !list.hidden;

  const open = (query) => {
    shown = search(options, query).slice(0, MOST);
    const left = search(options, query).length - shown.length;
    list.replaceChildren(...rows(shown, { query, id, chosen }), ...(left ? [note(fill(words.more, { count: left }))] : []));
    if (!shown.length) list.replaceChildren(note(words.noMatch));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    activate(query ? 0 : Math.max(0, shown.findIndex(({ value }) => value === chosen?.value)));
    write(count, query ? fill(words.results, { count: shown.length + left }) : "");
    onToggle(list);
  };
  const close = () => {
    if (!isOpen()) return;
    list.hidden = true;
    hasMoved = false;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    onToggle(null);
  };
  const activate = (index) => {
    list.querySelector(".active")?.classList.remove("active");
    active = Math.min(Math.max(index, 0), shown.length - 1);
    const row = active >= 0 ? list.querySelector(`#${id}-${active}`) : null;
    if (!row) return input.removeAttribute("aria-activedescendant");
    row.classList.add("active");
    input.setAttribute("aria-activedescendant", row.id);
    reveal(list, row, active == 0);
  };
  const show = (option) => {
    chosen = option ?? null;
    input.value = chosen?.label ?? "";
    write(hint, chosen?.group ?? "");
    input.toggleAttribute("data-hinted", Boolean(chosen?.group));
    if (chosen) complain("");
  };
  const choose = (option) => {
    show(option);
    close();
    onChoose(option?.value ?? null);
  };
  const complain = (text) => {
    write(error, text);
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  };

  const move = (by) => {
    if (!isOpen()) return open("");
    hasMoved = true;
    activate(active + by);
  };
  const keys = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    PageDown: () => move(8),
    PageUp: () => move(-8),
    Enter: () => isOpen() && shown[active] && choose(shown[active]),
    Escape: () => isOpen() && (show(chosen), close()),
  };
  input.onkeydown = (event) => {
    if (event.key == "Tab" && isOpen() && hasMoved && shown[active]) choose(shown[active]);
    const wasOpen = isOpen();
    const act = keys[event.key];
    if (!act || event.isComposing || event.altKey || event.metaKey || event.ctrlKey) return;
    act();
    if (wasOpen || event.key.startsWith("Arrow")) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  input.oninput = () => {
    hasMoved = Boolean(input.value);
    write(hint, "");
    open(input.value);
  };
  input.onfocus = () => input.select();
  input.onclick = () => isOpen() || open("");
  input.onblur = () => {
    if (!input.value.trim() && chosen) choose(null);
    else show(chosen);
    close();
  };
  list.onpointerdown = (event) => event.preventDefault(); // keeps the focus in the input
  list.onclick = (event) => {
    const row = event.target.closest("[role=option]");
    if (row) choose(shown[Number(row.dataset.index)]);
  };

  return {
    element,
    input,
    complain,
    value: () => chosen?.value ?? null,
    /** Replaces the options and what is chosen among them, without telling `onChoose`. */
    offer(next, value, { hint: text = placeholder, disabled = false } = {}) {
      options = next;
      input.placeholder = text;
      input.disabled = disabled;
      show(options.find((option) => option.value.id === value?.id));
    },
  };
}

const note = (text) => h("p.choice-note", { role: "presentation" }, text);

/** Options under their groups' names; a group is one `role=group`. */
function rows(shown, { query, id, chosen }) {
  const groups = new Map();
  shown.forEach((option, index) => {
    const isChosen = option.value === chosen?.value;
    const row = h(
      "div.choice",
      { id: `${id}-${index}`, role: "option", "aria-selected": String(isChosen), "data-index": index },
      h("span.choice-name", {}, marked(option.label, query)),
      option.hint && h("span.choice-code", {}, option.hint),
    );
    groups.set(option.group, [...(groups.get(option.group) ?? []), row]);
  });
  return [...groups].flatMap(([group, members], index) => {
    if (group == null) return members;
    const name = h("div.choice-group", { id: `${id}-group-${index}`, role: "presentation" }, marked(group, query));
    return [h("div", { role: "group", "aria-labelledby": name.id }, name, members)];
  });
}

function marked(text, query) {
  let from = 0;
  const parts = [];
  for (const [start, end] of matches(text, query)) {
    parts.push(text.slice(from, start), h("mark", {}, text.slice(start, end)));
    from = end;
  }
  return [...parts, text.slice(from)].filter(Boolean);
}

/** Scrolls only the list; `scrollIntoView` would also move the page around the frame. */
function reveal(list, row, isFirst) {
  const header = list.querySelector(".choice-group")?.offsetHeight ?? 0;
  const top = row.offsetTop - header;
  const bottom = row.offsetTop + row.offsetHeight;
  if (isFirst) list.scrollTop = 0;
  else if (top < list.scrollTop) list.scrollTop = top;
  else if (bottom > list.scrollTop + list.clientHeight) list.scrollTop = bottom - list.clientHeight;
}
