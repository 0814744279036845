/**
 * Tells the page something, at an element and all around it.
 * @param {EventTarget} target
 * @param {string} name
 * @param {object} detail
 */
export const emit = (target, name, detail) =>
  target.dispatchEvent(new CustomEvent(name, { bubbles: true, cancelable: true, composed: true, detail }));
