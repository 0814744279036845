/** `<harvest-insights token-url="…">`: utilization, margins and budgets of one linked account as plots. */
import { HarvestFrameElement } from "./harvest-frame-element.js";

/**
 * @tag harvest-insights
 * @summary Utilization by person and week, margin by client, and budgets with their forecast.
 *
 * @attr {string} token-url an address of yours that answers `{"token": "…"}` to a POST: an integrated-account token with the scope `insights`
 * @attr {string} plots which of `utilization`, `margins`, `budgets`, with spaces between; by default all
 * @attr {string} lang the language; by default the browser's
 * @attr {string} theme `light` or `dark`; by default the person's system
 * @attr {string} accent a colour of yours, `#rrggbb`
 * @attr {string} title what the frame is called
 * @attr {string} data-harvest-state written by the element: `loading`, `ready`, `error`
 *
 * @event {CustomEvent} harvest-insights:ready the plots are shown
 * @event {CustomEvent} harvest-insights:error they cannot be shown: `{code, message}`
 *
 * @csspart frame the frame
 */
export class HarvestInsightsElement extends HarvestFrameElement {
  static path = "/embed/insights";
  static caption = "Insights";
  static passedOn = [...HarvestFrameElement.passedOn, "plots"];
}
