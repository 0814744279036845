/**
 * Elements built by calls, never by markup: text stays text, and no policy of Trusted Types is needed.
 * `h("button.primary", {type: "submit", onclick, "aria-label": "…"}, icon("play"), "Start")`
 */
const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} tag the name, with its classes behind dots
 * @param {Record<string, any>} [properties]
 * @param {any[]} children
 * @returns {any} the element, of whichever kind
 */
export function h(tag, properties, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(properties ?? {}))
    if (key.includes("-") || key == "role" || key == "for") value != null && element.setAttribute(key, value);
    else /** @type {any} */ (element)[key] = value;
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
}

/** @type {Record<string, string>} */
const ICONS = {
  clock: "M8 1.75a6.25 6.25 0 1 0 0 12.5 6.25 6.25 0 0 0 0-12.5zM8 4.5V8l2.25 1.5",
  history: "M2.2 6.2A6.1 6.1 0 1 1 1.9 9M1.7 2.9v3.4h3.4M8 4.9V8l2.2 1.4",
  play: "M5 3.2v9.6l7.6-4.8z",
  stop: "M4.25 4.25h7.5v7.5h-7.5z",
  chevron: "m4.5 6.25 3.5 3.5 3.5-3.5",
  close: "m4 4 8 8m0-8-8 8",
  out: "M6.5 3.5h-3v9h9v-3M9 3h4v4m0-4L7.5 8.5",
  alert: "M8 1.9 14.6 13.4H1.4zM8 6.5v3m0 2v.01",
  check: "m3.5 8.5 3 3 6-7",
  link: "M6.75 9.25a2.5 2.5 0 0 0 3.5 0l2.25-2.25a2.47 2.47 0 0 0-3.5-3.5L8 4.5m1.25 2.25a2.5 2.5 0 0 0-3.5 0L3.5 9a2.47 2.47 0 0 0 3.5 3.5l1-1",
  lock: "M4 7.5h8v6H4zm1.75 0V5.25a2.25 2.25 0 0 1 4.5 0V7.5",
  pencil: "m3 13 .6-2.7 7-7 2.1 2.1-7 7z",
  plus: "M8 3.5v9M3.5 8h9",
  cloud: "M4.6 12.4a2.7 2.7 0 0 1-.3-5.4 3.9 3.9 0 0 1 7.5 1 2.2 2.2 0 0 1 0 4.4zM2.5 2.5l11 11",
  folder: "M1.9 12.6V3.9h4.2l1.6 1.7h6.4v7z",
};

/**
 * A line icon of 16 px in the text's colour; it says nothing to assistive technology.
 * @param {string} name
 */
export function icon(name, className = "icon") {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", `${className} ${name}`);
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/**
 * Ctrl or ⌘ with Enter sends a form, wherever in it the focus is.
 * @param {(event: KeyboardEvent) => void} submit
 */
export const submitKeys = (submit) => (/** @type {KeyboardEvent} */ event) => {
  if (event.key != "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
  event.preventDefault();
  submit(event);
};

/**
 * Writes text only when it differs, so that nothing is announced or laid out again for nothing.
 * @param {Node} element
 * @param {string} text
 */
export const write = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};
