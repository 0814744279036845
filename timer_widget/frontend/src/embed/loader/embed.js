/** The loader of our embedded frames, served as `/assets/embed.js`: one classic script that registers their elements. */
import { HarvestInvoicesElement } from "./harvest-invoices-element.js";

customElements.get("harvest-invoices") ?? customElements.define("harvest-invoices", HarvestInvoicesElement);
