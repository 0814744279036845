/** The panel frame's parameters, under the names of the Harvest Platform widget; unknown values are left out. */
import { settings } from "./settings.js";

/** @param {Timer.Wish} wish */
export function frameQuery({ item, defaults }) {
  const { applicationName, theme } = settings();
  const { origin, hostname } = location;
  const query = new URLSearchParams({ origin, service: hostname });
  const put = (/** @type {string} */ prefix, /** @type {Record<string, any>} */ values) => {
    for (const name in values) if (values[name] != null) query.set(prefix + name, values[name]);
  };
  const { id, name, permalink, ...others } = item;
  put("", { app_name: applicationName, theme, permalink });
  put("external_item_", { id, name });
  put("external_", others);
  put("default_", defaults);
  return query + "";
}
