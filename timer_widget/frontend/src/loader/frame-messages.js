/**
 * The messages that Harvest's frames have always sent to the page. Only our own two frames are listened to; anything
 * malformed is ignored. Both shapes of `timer:started` are understood, as pages in the field know both.
 */
import { isController, onControllerReady } from "./controller-frame.js";
import { origin } from "./home.js";
import { closePanel, isPanel, resizePanel } from "./panel-dialog.js";
import { isRunning, show, state } from "./timers.js";

/** Marks by message alone; the controller's own word, with the right time, follows. */
const runs = (id, group_id) => {
  const item = id == null ? null : { id, group_id };
  if (!item || !isRunning(item)) show({ ...state, running: item && { item, since: Date.now() } });
};

export function onMessage(event) {
  const { source, data } = event;
  onControllerReady(event);
  if (event.origin != origin || !data || !(isPanel(source) || isController(source))) return;
  const { type, value } = data;
  const reference = value?.external_reference ?? {};
  if (type == "frame:resize" && isPanel(source)) resizePanel(value);
  if (type == "frame:close") closePanel();
  if (type == "timer:started") runs(reference.id ?? data.item_id, reference.group_id ?? data.group_id);
  if (type == "timer:stopped") runs();
}
