/** All that we add to the page beside its own elements is in here, so that one removal takes it away. */
export const ours = document.createElement("div");

/**
 * An element without anything that a strict content policy refuses: no markup, no inline style.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {object} properties
 * @param {Node & ParentNode} [parent]
 */
export const make = (tag, properties, parent = ours) => {
  const element = Object.assign(document.createElement(tag), properties);
  parent.append(element);
  return element;
};
