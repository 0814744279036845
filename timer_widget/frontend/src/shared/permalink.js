/**
 * The link from a time entry back to the page of its item.
 *
 * Source: the Harvest Platform's permalink template. Two of its defects are not copied: every occurrence of a placeholder is
 * replaced, and a link in which one stays open is dropped. Ids are put in as they are, because they may contain slashes.
 */

const LONGEST = 2000;
const PLACEHOLDER = /%(ITEM|GROUP|PROJECT|ACCOUNT)_ID%/g;

/** @returns the template with every `%ITEM_ID%`, `%GROUP_ID%` (or `%PROJECT_ID%`) and `%ACCOUNT_ID%` that is known. */
export function fillTemplate(template, { id, group_id, account_id }) {
  const values = { ITEM: id, GROUP: group_id, PROJECT: group_id, ACCOUNT: account_id };
  return template.replace(PLACEHOLDER, (open, name) => values[name] ?? open);
}

/**
 * An absolute http(s) address, or null, with the reason given to `refuse`.
 * @param link a relative address is resolved against `base`
 */
export function safeLink(link, base, refuse) {
  try {
    const { href } = new URL(link, base);
    if (/^https?:/.test(href) && href.length <= LONGEST && link.search(PLACEHOLDER) < 0) return href;
  } catch {
    // Not an address at all: refused like one of a wrong kind.
  }
  refuse("permalink refused: " + link.slice(0, 200));
  return null;
}
