/**
 * The panel's parameters, as Harvest's own frame takes them (`external_item_id`, `permalink`, `closable`, …), with what ours
 * adds: `origin`, `theme`, `default_project_id`, `default_task_…`. Pure.
 */
import { makeItem } from "../shared/item.js";
import { permalinkOf } from "../shared/permalink.js";

/** @param {string} search */
export function frameParams(search) {
  const query = new URLSearchParams(search);
  const get = (/** @type {string} */ name) => query.get(name);
  const part = (/** @type {string} */ kind) => ({ id: get(`external_${kind}_id`), name: get(`external_${kind}_name`) });
  const item = makeItem(part("item"), part("group"), part("account"));
  const link = get("permalink") ?? get("base_url"); // its name before 2015
  if (item.id && link) item.permalink = permalinkOf(link, item);

  /** @type {Timer.Defaults} */
  const defaults = {};
  for (const [name, value] of query)
    if (name.startsWith("default_")) defaults[name.slice("default_".length)] = value;

  return {
    item,
    defaults,
    named: Boolean(get("external_item_name")),
    appName: get("app_name"),
    closable: get("closable") != "false",
    chromeless: get("chromeless") == "true",
    accent: /^#[0-9a-f]{6}$/i.exec(/** @type {string} */ (get("accent")))?.[0] ?? null,
    theme: ["light", "dark"].find((theme) => theme == get("theme")) ?? null,
  };
}

/**
 * The origin of the embedding page: as our script's address says, else as the browser says, else as the server found out.
 * Null when none is an origin. A wrong one makes the frame mute: its messages go to that origin alone.
 * @param {{search: string, ancestorOrigins?: ArrayLike<string>}} where
 * @param {string} referrer
 * @param {string} [found]
 */
export function parentOrigin({ search, ancestorOrigins }, referrer, found) {
  const said = new URLSearchParams(search).get("origin") || ancestorOrigins?.[0] || referrer || found;
  try {
    const { origin } = new URL(/** @type {string} */ (said));
    return origin == "null" ? null : origin;
  } catch {
    return null;
  }
}
