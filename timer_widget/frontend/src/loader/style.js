/**
 * Our one stylesheet, for the host's page and for the shadow roots alike: constructed, so that it needs no permission from the
 * page's style-src.
 */
import css from "./style.css";

export const style = new CSSStyleSheet();
style.replaceSync(css);

export const removeStyle = () => {
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each != style);
};

export const addStyle = () => {
  removeStyle();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, style];
};
