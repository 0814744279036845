/**
 * What a timer is for in the host application: `{id, name, group_id, group_name, account_id, permalink}`, the shape the
 * timer's API takes. Ids are always strings in normal form, so that the number 1337 and the string " 1337" are the same ticket.
 */
import { normalizeId, normalizeText } from "./normalize.js";

const LONGEST_ID = 255;
const LONGEST_NAME = 500;

/** @typedef {{id?: unknown, name?: unknown} | null | undefined} Part */

const known = (/** @type {unknown} */ value) => (typeof value == "object" ? null : value);
const idOf = (/** @type {Part} */ part) => {
  const id = normalizeId(known(part?.id));
  return id.length > LONGEST_ID ? null : id || null;
};
const nameOf = (/** @type {Part} */ part) => normalizeText(known(part?.name), LONGEST_NAME) || null;

/**
 * Reads an item from loose `{id, name}` parts. `id` is null when there is none that could be written into a reference (none
 * given, or too long to be one): such an item is a timer without a reference.
 * @param {Part} [item]
 * @param {Part} [group]
 * @param {Part} [account]
 * @returns {Timer.Item}
 */
export function makeItem(item, group, account) {
  const id = idOf(item);
  return {
    id,
    name: nameOf(item) ?? id,
    group_id: idOf(group),
    group_name: nameOf(group),
    account_id: idOf(account),
    permalink: null,
  };
}

/**
 * A string that is equal exactly for items that are the same; a missing group, null and "" are one and the same.
 * @param {Timer.SomeItem} item
 */
export const itemKey = ({ id, group_id }) => id + "\n" + (group_id ?? "");

/**
 * The same ticket in the same group. What has no id is the same as nothing.
 * @param {Timer.SomeItem | null | undefined} one
 * @param {Timer.SomeItem | null | undefined} other
 */
export const isSameItem = (one, other) => Boolean(one?.id && other?.id) && itemKey(/** @type {Timer.Key} */ (one)) == itemKey(/** @type {Timer.Key} */ (other));
