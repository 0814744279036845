/** A new project, named after the item's group, for one of the clients that the person works for. */
import { fill, panelWords as words } from "../../shared/translations.js";
import { clientOptions } from "../catalogue.js";
import { choiceField } from "../choice-field.js";
import { h, write } from "../dom.js";
import { problemLine } from "../problem-line.js";

/**
 * @param {Timer.Acts} act
 * @param {Timer.Model} model
 * @returns {Timer.Screen}
 */
export function projectScreen(act, { item, catalogue }) {
  const client = choiceField({
    label: words.client,
    placeholder: words.findClient,
    onToggle: act.listToggled,
    onChoose: (/** @type {Timer.Named?} */ chosen) => chosen && create.focus(),
  });
  const problem = problemLine();
  const label = h("span");
  const create = h("button.button.primary", { type: "submit" }, label);
  const options = clientOptions(/** @type {Timer.Catalogue} */ (catalogue).projects);
  client.offer(options, options.length == 1 ? options[0].value : null);

  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    client.complain(client.value() ? "" : words.chooseClient);
    if (client.value()) act.createProject({ client_id: /** @type {Timer.Named} */ (client.value()).id, name: item.group_name });
    else client.input.focus();
  };

  return {
    element: h(
      "form.form",
      { noValidate: true, onsubmit: submit },
      h("h2.form-title", {}, fill(words.createTitle, { name: item.group_name })),
      client.element,
      problem.element,
      h("div.actions", {}, h("button.button", { type: "button", onclick: act.back }, words.back), create),
    ),
    update(model) {
      problem.update(model);
      create.disabled = Boolean(model.busy);
      write(label, model.busy == "project" ? words.creating : words.create);
    },
    focus: () => (client.value() ? create : client.input).focus(),
  };
}
