/**
 * The notes that a new entry begins with: the host's template, else the item's name.
 * Placeholders: `%ITEM_ID%`, `%ITEM_NAME%`, `%GROUP_ID%`, `%GROUP_NAME%`, `%ACCOUNT_ID%`, `%PERMALINK%`. One without a value
 * leaves nothing behind.
 * @param {Timer.Item} item
 * @param {Timer.Defaults} defaults
 * @returns {string | null}
 */
export function firstNotes(item, { notes_template: template }, isNamed = true) {
  if (!template) return isNamed ? item.name : "";
  /** @type {Record<string, string | null>} */
  const values = { item_id: item.id, item_name: isNamed ? item.name : "", ...item };
  return template
    .replace(/%([A-Z_]+)%/g, (/** @type {string} */ open, /** @type {string} */ name) => (name.toLowerCase() in values ? (values[name.toLowerCase()] ?? "") : open))
    .trim();
}
