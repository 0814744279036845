/** The notes: a text that grows with what is written; Ctrl or ⌘ with Enter sends the form. */
import { panelWords as words } from "../shared/words.js";
import { h } from "./dom.js";

export function notesField() {
  let submit;
  const input = h("textarea.input", { id: "notes", rows: 2, placeholder: words.notesHint, maxLength: 5000 });
  input.onkeydown = (event) => {
    if (event.key != "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    submit?.();
  };
  return {
    input,
    element: h("div.field", {}, h("label.label", { for: "notes" }, words.notes), input),
    onSubmit: (act) => (submit = act),
    set: (text) => (input.value = text),
  };
}
