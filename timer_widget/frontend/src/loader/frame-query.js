/** The panel frame's parameters, under the names of the Harvest Platform widget; unknown values are left out. */
import { settings } from "./settings.js";

export const DEFAULTS = ["project_id", "project_code", "project_name", "task_id", "task_code", "task_name"];

export function frameQuery({ item, defaults }) {
  const { applicationName, theme } = settings();
  const said = {
    origin: location.origin,
    app_name: applicationName,
    theme,
    service: location.hostname,
    permalink: item.permalink,
    external_item_id: item.id,
    external_item_name: item.name,
    external_group_id: item.group_id,
    external_group_name: item.group_name,
    external_account_id: item.account_id,
  };
  for (const name of DEFAULTS) said["default_" + name] = defaults[name];
  return new URLSearchParams(Object.entries(said).filter(([, value]) => value != null)) + "";
}
