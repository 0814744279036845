/** The loader of our embedded frames, served as `/assets/embed.js`: one classic script that registers both elements. */
import { HarvestInvoicesElement } from "./harvest-invoices-element.js";
import { HarvestInsightsElement } from "./harvest-insights-element.js";

customElements.get("harvest-invoices") ?? customElements.define("harvest-invoices", HarvestInvoicesElement);
customElements.get("harvest-insights") ?? customElements.define("harvest-insights", HarvestInsightsElement);
