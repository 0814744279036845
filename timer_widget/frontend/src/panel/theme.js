/** Light, dark, and the host's own colour, with words on it in whichever of black and white is read better. */
const channel = (/** @type {string} */ hex) => {
  const value = parseInt(hex, 16) / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
};

/**
 * Relative luminance of `#rrggbb` (WCAG 2).
 * @param {string} colour
 */
export const luminance = (colour) =>
  0.2126 * channel(colour.slice(1, 3)) + 0.7152 * channel(colour.slice(3, 5)) + 0.0722 * channel(colour.slice(5, 7));

/**
 * White needs 1.05 / (l + 0.05), black (l + 0.05) / 0.05: above this luminance black wins.
 * @param {string} colour
 */
export const onColour = (colour) => (luminance(colour) > 0.179 ? "#000" : "#fff");

/**
 * The page's own word goes before what the operator chose for it, which the server wrote on the document.
 * @param {Pick<Timer.Model, "accent" | "theme">} model
 */
export function wear(model) {
  const { dataset, style } = document.documentElement;
  const accent = model.accent ?? /^#[0-9a-f]{6}$/i.exec(/** @type {string} */ (dataset.chosenAccent))?.[0];
  dataset.theme = model.theme ?? dataset.chosenTheme ?? "auto";
  for (const [name, value] of [["action", accent], ["on-action", accent && onColour(accent)]])
    if (value) style.setProperty(`--${name}`, value);
    else style.removeProperty(`--${name}`);
}
