/**
 * What a timer is for in the host application: `{id, name, group_id, group_name, account_id, permalink}`, the shape the
 * timer's API takes. Ids are always strings, so that the number 1337 and the string "1337" are the same ticket.
 */

const LONGEST_ID = 255;
const LONGEST_NAME = 500;

const text = (value) => (typeof value == "object" ? null : String(value ?? "").slice(0, LONGEST_NAME) || null);

/**
 * Reads an item from loose `{id, name}` parts.
 * @returns the item, or null when there is no id to write into a reference (none given, or too long to be one)
 */
export function makeItem(item, group, account) {
  const id = text(item?.id);
  if (!id || id.length > LONGEST_ID) return null;
  return {
    id,
    name: text(item.name) ?? id,
    group_id: text(group?.id),
    group_name: text(group?.name),
    account_id: text(account?.id),
    permalink: null,
  };
}

/** A string that is equal exactly for items that are the same; a missing group, null and "" are one and the same. */
export const itemKey = ({ id, group_id }) => id + "\n" + (group_id ?? "");

/** The same ticket in the same group. */
export const isSameItem = (one, other) => Boolean(one && other) && itemKey(one) == itemKey(other);
