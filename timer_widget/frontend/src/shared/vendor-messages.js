/**
 * What Harvest's frames have always told the page when a timer started or stopped. `timer:started` carries both shapes in use;
 * it and `timer:stopped` are sent once for each change, by the panel for what was pressed in it, else by the controller.
 */
/** @param {Timer.SomeItem} item */
export const startedMessage = ({ id, group_id, account_id, permalink }) => ({
  type: "timer:started",
  item_id: id,
  group_id,
  value: { external_reference: { id, group_id, account_id, permalink } },
});

export const STOPPED_MESSAGE = { type: "timer:stopped" };

/**
 * The message for an event of timer-state.js, or nothing where no item of the page began or ended.
 * @param {Timer.HostEvent} event
 * @param {Timer.SomeItem | null | undefined} reference the running entry's, with permalink and account
 */
export function messageOf({ name, item, previous }, reference) {
  if (item && (name == "started" || name == "switched")) return startedMessage({ ...reference, ...item });
  if (name == "stopped" ? item : name == "switched" && /** @type {Timer.Change} */ (previous).item) return STOPPED_MESSAGE;
}
