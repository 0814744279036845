/**
 * The link from a time entry back to the page of its item.
 *
 * Source: the Harvest Platform's permalink template. Two of its defects are not copied: every occurrence of a placeholder is
 * replaced, and a link in which one stays open is dropped. Ids are put in as they are, because they may contain slashes.
 */

const LONGEST = 2000;
const PLACEHOLDER = /%(\w+_ID)%/g;
/** What no address holds: the braces of a template that was never filled, JSON, white space, a stray percent sign. */
const MALFORMED = /[{}<>"|\\^`\p{Z}\p{C}]|%(?![\da-f]{2})/iu;

/**
 * @param {string} template an address with `%ITEM_ID%`, `%GROUP_ID%` (once `%PROJECT_ID%`) or `%ACCOUNT_ID%` in it, or with none
 * @param {Timer.Item} item
 * @param {string | URL | Location} [base] what a relative address is resolved against
 * @returns an absolute http(s) address, or null where there is no such thing
 */
export function permalinkOf(template, item, base) {
  /** @type {Record<string, string | null>} */
  const ids = { ...item, item_id: item.id, project_id: item.group_id };
  if (MALFORMED.test(template.replace(PLACEHOLDER, ""))) return null;
  try {
    const { href } = new URL(template.replace(PLACEHOLDER, (open, name) => ids[name.toLowerCase()] ?? open), /** @type {string | URL | undefined} */ (base));
    return /^https?:/.test(href) && href.length <= LONGEST && href.search(PLACEHOLDER) < 0 ? href : null;
  } catch {
    return null;
  }
}
