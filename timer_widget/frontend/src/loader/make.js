/** An element without anything that a strict content policy refuses: no markup, no inline style. */
export const make = (tag, properties, parent = document.documentElement) => {
  const element = Object.assign(document.createElement(tag), properties);
  parent.append(element);
  return element;
};
