/** One line above everything: what was just done, with the way back where there is one. */
import { panelWords as words, fill } from "../shared/translations.js";
import { h, icon, write } from "./dom.js";

/**
 * What the line says; `undo` is what `act.undo` takes. Pure.
 * @param {Timer.Model} model
 * @returns {Timer.Notice | null}
 */
export function noticeOf({ notice, snapshot }) {
  if (notice) return notice;
  if (!snapshot?.undo) return snapshot?.guess ? { text: fill(words.guessed, { name: nameOf(snapshot.state.running) }) } : null;
  const { entry_id, previous } = snapshot.undo;
  return { text: fill(words.switchedFrom, { name: nameOf(previous) }), undo: { entry_id, previous_id: previous.entry_id } };
}

const nameOf = (/** @type {any} */ { project, task }) => `${project.name} · ${task.name}`;

/** @param {Timer.Acts} act */
export function noticeLine(act) {
  /** @type {Timer.Notice | null} */
  let shown = null;
  const text = h("span.notice-text", { role: "status" });
  const undo = h("button.button.small", { type: "button", onclick: () => act.undo(/** @type {any} */ (shown).undo) }, words.undo);
  const element = h("div.notice", {}, icon("check"), text, undo);
  return {
    element,
    undo,
    update(/** @type {Timer.Model} */ model) {
      shown = noticeOf(model);
      element.hidden = !shown;
      undo.hidden = !shown?.undo;
      undo.disabled = Boolean(model.busy);
      write(text, shown?.text ?? "");
    },
  };
}
