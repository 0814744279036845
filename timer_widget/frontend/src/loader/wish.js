/**
 * What a timer is for: `{item, defaults}`, the item with an absolute permalink or none. Read at the moment of use, because
 * hosts change their attributes as they please.
 */
import { makeItem } from "../shared/item.js";
import { permalinkOf } from "../shared/permalink.js";
import { settings } from "./settings.js";

const warned = new WeakSet();

/** A number that JSON.parse would round. */
const LONG_ID = /(?<="id"\s*:\s*)(\d{16,})/g;

/**
 * @param {any} given a timer's element, or the words of the markup in an object: `{item, group?, account?, default?, permalink?}`;
 * anything else is an item without an id
 * @returns {Timer.Wish}
 */
export function wishOf(given) {
  given = Object(given);
  const { localName } = given;
  const said = localName == "harvest-timer" ? ofElement(given) : localName ? ofMarked(given) : given;
  const item = makeItem(said.item, said.group, said.account);
  const template = said.permalink ?? settings().permalink;
  if (item.id && template) item.permalink = permalinkOf(String(template).trim(), item, location);
  const wrong = !item.id ? "no item id" : template && !item.permalink && "permalink dropped: " + template;
  if (wrong && !warned.has(given) && warned.add(given)) console.warn("Harvest timer:", wrong, given);
  return { item, defaults: said.default ?? {} };
}

/**
 * Harvest's markup: `data-item`, `data-group` (once `data-project`), `data-account`, `data-default`, `data-permalink`.
 * @param {HTMLElement} element
 */
function ofMarked({ dataset }) {
  /** @type {any} */
  const said = { permalink: dataset.permalink };
  for (const name of ["project", "item", "group", "account", "default"])
    try {
      said[name] = JSON.parse(/** @type {any} */ (dataset[name]?.replace(LONG_ID, '"$1"') ?? null));
    } catch {
      // The vendor swallows broken JSON as well; an item that is missing for it is warned of.
    }
  return { ...said, group: said.group ?? said.project };
}

/**
 * Our markup: `item-id`, `item-name`, `group-id`, `group-name`, `account-id`, `permalink`, `project-…`, `task-…`.
 * @param {Element} element
 */
function ofElement({ attributes }) {
  /** @type {any} */
  const said = { default: {} };
  for (const { name, value } of attributes) {
    const [kind, part] = name.split("-");
    said[kind] = part ? { ...said[kind], [part]: value } : value;
    said.default[name.replace("-", "_")] = value;
  }
  return said;
}
