/** What went wrong, in the server's words, said at once; or that the server is away, for as long as it is. */
import { fill, panelWords as words } from "../shared/words.js";
import { h, icon, write } from "./dom.js";
import { failureText } from "./failure.js";
import { trouble } from "./trouble.js";

export function problemLine() {
  const text = h("span");
  const sign = icon("alert");
  const element = h("p.problem", { role: "alert" }, sign, text);
  return {
    element,
    update({ problem, snapshot }) {
      const [title, rest] = snapshot.status == "unavailable" ? trouble(snapshot) : [];
      const away = title ? `${title}. ${rest}` : "";
      const said = problem ? fill(words.failed, { message: failureText(problem) }) : away;
      write(text, said);
      element.classList.toggle("shown", Boolean(said));
    },
  };
}
