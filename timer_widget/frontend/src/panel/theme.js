/** Light, dark, and the host's own colour, with words on it in whichever of black and white is read better. */
const channel = (hex) => {
  const value = parseInt(hex, 16) / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
};

/** Relative luminance of `#rrggbb` (WCAG 2). */
export const luminance = (colour) =>
  0.2126 * channel(colour.slice(1, 3)) + 0.7152 * channel(colour.slice(3, 5)) + 0.0722 * channel(colour.slice(5, 7));

/** White needs 1.05 / (l + 0.05), black (l + 0.05) / 0.05: above this luminance black wins. */
export const onColour = (colour) => (luminance(colour) > 0.179 ? "#000" : "#fff");

/** The page's word goes before the operator's setting for the host app, which stands on the document. */
export function wear({ theme, accent }) {
  const { dataset, style } = document.documentElement;
  const colour = accent ?? dataset.hostAccent;
  dataset.theme = theme ?? dataset.hostTheme ?? "auto";
  for (const [name, value] of [["action", colour], ["on-action", colour && onColour(colour)]])
    if (value) style.setProperty(`--${name}`, value);
    else style.removeProperty(`--${name}`);
}
