/** A status in words, coloured by what it asks of the reader. */
import { h } from "../../panel/dom.js";
import { say } from "../frame/translations.js";

/** @param {string} status */
export const badge = (status) => h("span.badge", { "data-status": status }, say(`status_${status}`));
