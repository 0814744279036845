/**
 * A labelled field in which one of many options is chosen: an ARIA 1.2 combobox over a grouped listbox.
 *
 * Typing filters, arrows move, Enter chooses, Tab chooses what was reached by typing or arrows and moves on, Escape closes
 * the list and nothing else. Focus never leaves the input.
 */
import { fill, panelWords as words } from "../shared/translations.js";
import { choiceList } from "./choice-list.js";
import { h, icon, write } from "./dom.js";

let fields = 0;

/**
 * The elements of a field, wired together for assistive technology.
 * @param {{id: string, label: string, placeholder: string, list: HTMLElement}} given
 */
function parts({ id, label, placeholder, list }) {
  const input = h("input.input", {
    id,
    type: "text",
    placeholder,
    autocomplete: "off",
    spellcheck: false,
    role: "combobox",
    "aria-expanded": "false",
    "aria-controls": list.id,
    "aria-autocomplete": "list",
    "aria-describedby": `${id}-error`,
  });
  const hint = h("span.choice-hint", { "aria-hidden": "true" });
  const count = h("span.unseen", { role: "status" });
  const error = h("p.field-error", { id: `${id}-error` });
  const box = h("div.choice-box", {}, input, hint, icon("chevron"), list);
  return { input, hint, count, error, element: h("div.field", {}, h("label.label", { for: id }, label), box, error, count) };
}

/**
 * @template T
 * @param {object} given
 * @param {string} given.label
 * @param {string} given.placeholder
 * @param {(chosen: T | null) => void} given.onChoose called with the chosen record, or null when the choice was cleared
 * @param {(list: HTMLElement | null) => void} given.onToggle called with the list's element when it opens, with null when it closes
 */
export function choiceField({ label, placeholder, onChoose, onToggle }) {
  const id = `choice-${++fields}`;
  /** @type {Timer.Option<T>[]} */
  let options = [];
  /** @type {Timer.Option<T> | null} */
  let chosen = null;
  let hasMoved = false;
  const list = choiceList({ id: `${id}-list`, label, onPick: (/** @type {Timer.Option<T>} */ option) => choose(option) });
  const { input, hint, count, error, element } = parts({ id, label, placeholder, list: list.element });
  const isOpen = () => !list.element.hidden;

  const point = (/** @type {string | null | undefined} */ rowId) =>
    rowId ? input.setAttribute("aria-activedescendant", rowId) : input.removeAttribute("aria-activedescendant");
  const toggle = (/** @type {boolean} */ open) => {
    list.element.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    onToggle(open ? list.element : null);
  };
  const open = (/** @type {string} */ query) => {
    const found = list.fill(options, query, chosen);
    toggle(true);
    point(list.activate(query ? 0 : list.indexOf(chosen)));
    write(count, query ? fill(words.results, { count: found }) : "");
  };
  const close = () => {
    if (!isOpen()) return;
    hasMoved = false;
    point(null);
    toggle(false);
  };
  const show = (/** @type {Timer.Option<T> | null | undefined} */ option) => {
    chosen = option ?? null;
    input.value = chosen?.label ?? "";
    const group = (chosen?.isRecent ? chosen.hint : chosen?.group) ?? "";
    write(hint, group);
    input.toggleAttribute("data-hinted", Boolean(group));
    if (chosen) complain("");
  };
  const choose = (/** @type {Timer.Option<T> | null} */ option) => {
    show(option);
    close();
    onChoose(option?.value ?? null);
  };
  const complain = (/** @type {string} */ text) => {
    write(error, text);
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  };

  const move = (/** @type {number} */ by) => {
    if (!isOpen()) return open("");
    hasMoved = true;
    point(list.move(by));
  };
  /** @type {Record<string, () => void>} */
  const keys = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    PageDown: () => move(8),
    PageUp: () => move(-8),
    Enter: () => list.active() && choose(list.active()),
    Escape: () => (show(chosen), close()),
  };
  input.onkeydown = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing || event.altKey || event.metaKey || event.ctrlKey) return;
    if (event.key == "Tab" && isOpen() && hasMoved && list.active()) choose(list.active());
    if (!keys[event.key] || (!isOpen() && !event.key.startsWith("Arrow"))) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
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

  return {
    element,
    input,
    complain,
    value: () => chosen?.value ?? null,
    /**
     * Replaces the options and what is chosen among them, without telling `onChoose`.
     * @param {Timer.Option<T>[]} next
     * @param {any} value
     * @param {{hint?: string, disabled?: boolean}} [how]
     */
    offer(next, value, { hint: text = placeholder, disabled = false } = {}) {
      options = next;
      input.placeholder = text;
      input.disabled = disabled;
      show(options.find((option) => /** @type {any} */ (option.value).id === value?.id));
    },
  };
}
