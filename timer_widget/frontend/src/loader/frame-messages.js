/**
 * The messages that Harvest's frame has always sent to the page. Only our own panel frame is listened to; anything malformed
 * is ignored. Both shapes of `timer:started` are understood, as pages in the field know both.
 */
import { isSameItem } from "../shared/item.js";
import { onControllerReady, tellItems } from "./controller-frame.js";
import { origin } from "./home.js";
import { closePanel, isPanel, resizePanel } from "./panel-dialog.js";
import { show, state } from "./timers.js";

/**
 * Marks by message alone; the controller's own word, with the right time, follows.
 * @param {any} [id]
 * @param {any} [group_id]
 */
const runs = (id, group_id) => {
  const item = id == null ? null : { id, group_id };
  if (isSameItem(state.running?.item, item)) return;
  const running = item && { item, since: Date.now() };
  show({ running, shows: running });
  tellItems();
};

/** @param {MessageEvent} event */
export function onMessage(event) {
  onControllerReady(event);
  if (event.origin != origin || !isPanel(event.source)) return;
  const { type, value, item_id, group_id } = event.data ?? {};
  const reference = value?.external_reference;
  if (type == "frame:resize") resizePanel(value);
  if (type == "frame:close") closePanel();
  const id = reference?.id ?? item_id;
  if (type == "timer:started" && id != null) runs(id, reference?.group_id ?? group_id);
  if (type == "timer:stopped") runs();
}
