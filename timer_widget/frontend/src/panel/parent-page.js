/**
 * What the panel tells the page around it, in the words that Harvest's frame has always used. `timer:started` carries both
 * shapes in use, and comes before `frame:close`, so that a page can tell a start from a cancel.
 */
export function parentPage(parent, origin) {
  const post = (message) => origin && parent.postMessage(message, origin);
  return {
    resize: (height) => post({ type: "frame:resize", value: height }),
    close: () => post({ type: "frame:close" }),
    stopped: () => post({ type: "timer:stopped" }),
    started: ({ id, group_id, account_id, permalink }) =>
      post({
        type: "timer:started",
        item_id: id,
        group_id,
        value: { external_reference: { id, group_id, account_id, permalink } },
      }),
  };
}
