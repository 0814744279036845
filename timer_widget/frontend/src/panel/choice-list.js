/**
 * The list under a choice field: options under their groups' names, one of them active. A long list shows its first hundred
 * and says how many more there are.
 */
import { fill, panelWords as words } from "../shared/translations.js";
import { matches, search } from "./catalogue.js";
import { h } from "./dom.js";

const MOST = 100;

/**
 * @param {object} given
 * @param {string} given.id
 * @param {string} given.label
 * @param {(option: Timer.Option) => void} given.onPick called with the option that was clicked
 */
export function choiceList({ id, label, onPick }) {
  /** @type {Timer.Option[]} */
  let shown = [];
  let active = -1;
  const element = h("div.choice-list", { id, role: "listbox", "aria-label": label, hidden: true, tabIndex: -1 });
  element.onpointerdown = (/** @type {PointerEvent} */ event) => event.preventDefault(); // keeps the focus in the field
  element.onclick = (/** @type {any} */ event) => {
    const row = event.target.closest("[role=option]");
    if (row) onPick(shown[Number(row.dataset.index)]);
  };

  return {
    element,
    active: () => shown[active],
    /**
     * Shows what of `options` has the words of `query`; answers how many that are.
     * @param {Timer.Option[]} options
     * @param {string} query
     * @param {Timer.Option | null} chosen
     */
    fill(options, query, chosen) {
      const found = search(options, query);
      shown = found.slice(0, MOST);
      const more = found.length - shown.length;
      const notes = [!found.length && words.noMatch, more && fill(words.more, { count: more })].filter(Boolean);
      element.replaceChildren(...rows(shown, { query, id, chosen }), ...notes.map(note));
      return found.length;
    },
    indexOf: (/** @type {Timer.Option | null} */ chosen) => shown.findIndex(({ value }) => value === chosen?.value),
    /**
     * Makes the option at `index`, or the nearest there is, the active one; answers its row's id.
     * @param {number} index
     */
    activate(index) {
      element.querySelector(".active")?.classList.remove("active");
      active = Math.min(Math.max(index, 0), shown.length - 1);
      const row = /** @type {HTMLElement?} */ (element.querySelector(`#${id}-${active}`));
      row?.classList.add("active");
      if (row) reveal(element, row, active == 0);
      return row?.id;
    },
    move(/** @type {number} */ by) {
      return this.activate(active + by);
    },
  };
}

const note = (/** @type {any} */ text) => h("p.choice-note", { role: "presentation" }, text);

/**
 * One row per option; the rows of a group are in one `role=group` with its name.
 * @param {Timer.Option[]} shown
 * @param {{query: string, id: string, chosen: Timer.Option | null}} given
 */
function rows(shown, { query, id, chosen }) {
  const groups = new Map();
  shown.forEach((option, index) => {
    const row = optionRow(option, { query, id: `${id}-${index}`, index, isChosen: option.value === chosen?.value });
    groups.set(option.group, [...(groups.get(option.group) ?? []), row]);
  });
  return [...groups].flatMap(([group, members], index) => {
    if (group == null) return members;
    const name = h("div.choice-group", { id: `${id}-group-${index}`, role: "presentation" }, marked(group, query));
    return [h("div", { role: "group", "aria-labelledby": name.id }, name, members)];
  });
}

/**
 * @param {Timer.Option} option
 * @param {{query: string, id: string, index: number, isChosen: boolean}} given
 */
const optionRow = ({ label, hint }, { query, id, index, isChosen }) =>
  h(
    "div.choice",
    { id, role: "option", "aria-selected": String(isChosen), "data-index": index },
    h("span.choice-name", {}, marked(label, query)),
    hint && h("span.choice-code", {}, hint),
  );

/**
 * @param {string} text
 * @param {string} query
 */
function marked(text, query) {
  let from = 0;
  /** @type {(string | HTMLElement)[]} */
  const parts = [];
  for (const [start, end] of matches(text, query)) {
    parts.push(text.slice(from, start), h("mark", {}, text.slice(start, end)));
    from = end;
  }
  return [...parts, text.slice(from)].filter(Boolean);
}

/**
 * Scrolls only the list; `scrollIntoView` would also move the page around the frame.
 * @param {HTMLElement} list
 * @param {HTMLElement} row
 * @param {boolean} isFirst
 */
function reveal(list, row, isFirst) {
  const header = /** @type {HTMLElement?} */ (list.querySelector(".choice-group"))?.offsetHeight ?? 0;
  const top = row.offsetTop - header;
  const bottom = row.offsetTop + row.offsetHeight;
  if (isFirst) list.scrollTop = 0;
  else if (top < list.scrollTop) list.scrollTop = top;
  else if (bottom > list.scrollTop + list.clientHeight) list.scrollTop = bottom - list.clientHeight;
}
