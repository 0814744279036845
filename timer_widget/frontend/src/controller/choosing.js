/** Which project and task a click starts on. */
import { firstNotes } from "../shared/notes.js";

const CERTAIN = new Set(["host", "item", "group", "rule"]);

/**
 * The one choice that is certain enough to start on at once, or null.
 * @param {(name: string, value: any) => Promise<any>} read
 * @param {Timer.Wish} wish
 * @returns {Promise<Timer.Choice | null>}
 */
export async function certainChoice(read, { item, defaults, notes = firstNotes(item, defaults) }) {
  const { suggested } = await read("suggestion", { item, defaults });
  if (!suggested?.task_id || !CERTAIN.has(suggested.from)) return null;
  const { project_id, task_id, from } = suggested;
  return { project_id, task_id, notes, from };
}
