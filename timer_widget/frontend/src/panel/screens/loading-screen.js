/** The shape of the form while its content is on the way, so that nothing jumps when it comes. */
import { panelWords as words } from "../../shared/translations.js";
import { h } from "../dom.js";

/** @returns {Timer.Screen} */
export const loadingScreen = () => ({
  element: h(
    "div.loading",
    { role: "status" },
    h("span.unseen", {}, words.loading),
    ["short", "field", "short", "field", "short", "tall"].map((size) => h(`span.bone.${size}`)),
  ),
  update() {},
});
