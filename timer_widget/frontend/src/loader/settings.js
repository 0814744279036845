/**
 * The page's settings, read again at each use, so that a host may set or change them at any time.
 * Sources, the later winning: `<script data-platform-config>`, `window._harvestPlatformConfig`, `HarvestBridge.init(…)`.
 */
import { tokenUrl } from "./home.js";

/** @type {import("../harvest-bridge").HarvestBridgeSettings} */
let given;

export const give = (/** @type {typeof given=} */ more) => (given = { ...given, ...more });

/** @returns {import("../harvest-bridge").HarvestBridgeSettings} */
export function settings() {
  let page = window._harvestPlatformConfig;
  try {
    page ??= JSON.parse(/** @type {any} */ (document.querySelector("[data-platform-config]")).dataset.platformConfig);
  } catch {
    // Neither source, or not JSON. The vendor's script throws here; a timer without settings still works.
  }
  return { tokenUrl, ...page, ...given };
}

/** Asks the host for a widget token: its callback, or its back end with the page's own cookies. A host with neither has none. */
export async function askForToken() {
  const { token, tokenUrl } = settings();
  if (token) return token();
  if (!tokenUrl) return;
  const answer = await fetch(tokenUrl, { method: "POST", headers: { Accept: "application/json" } });
  if (!answer.ok) throw { message: "No token" };
  return (await answer.json()).token;
}
