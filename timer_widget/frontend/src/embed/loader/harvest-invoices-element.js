/** `<harvest-invoices token-url="…">`: an end client's own page, with their invoices and estimates. */
import { HarvestFrameElement } from "./harvest-frame-element.js";

/**
 * @tag harvest-invoices
 * @summary The invoices and estimates of one client, read by a token that your back end signs for them.
 *
 * @attr {string} token-url an address of yours that answers `{"token": "…"}` to a POST
 * @attr {string} lang the language; by default the browser's
 * @attr {string} theme `light` or `dark`; by default the person's system
 * @attr {string} accent a colour of yours for what can be pressed, `#rrggbb`
 * @attr {string} title what the frame is called
 * @attr {string} data-harvest-state written by the element: `loading`, `ready`, `error`
 *
 * @event {CustomEvent} harvest-invoices:ready the list is shown
 * @event {CustomEvent} harvest-invoices:opened a document is shown: `{kind, id, number}`
 * @event {CustomEvent} harvest-invoices:error it cannot be shown: `{code, message}`
 *
 * @csspart frame the frame
 */
export class HarvestInvoicesElement extends HarvestFrameElement {
  static path = "/embed/invoices";
  static caption = "Invoices";
}
