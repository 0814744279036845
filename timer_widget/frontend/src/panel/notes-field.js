/** The notes: a text that grows with what is written. */
import { panelWords as words } from "../shared/translations.js";
import { h } from "./dom.js";

export function notesField() {
  const input = h("textarea.input", { id: "notes", rows: 2, placeholder: words.notesHint, maxLength: 5000 });
  return {
    input,
    element: h("div.field", {}, h("label.label", { for: "notes" }, words.notes), input),
    set: (/** @type {string?} */ text) => (input.value = text),
  };
}
