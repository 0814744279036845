/**
 * Writes the custom-elements manifest of our elements, which editors and component catalogues read, beside the build.
 * `node manifest.js [folder]`; it is made of the JSDoc of their modules.
 */
import { readFile, writeFile } from "node:fs/promises";
import { create, ts } from "@custom-elements-manifest/analyzer";

const outdir = new URL(process.argv[2] ? `file://${process.argv[2]}/` : "../../static/timer_widget/", import.meta.url);
const ELEMENTS = ["harvest-frame-element.js", "harvest-invoices-element.js", "harvest-insights-element.js", "embed.js"];
const PATHS = [
  "src/loader/harvest-timer-element.js",
  "src/loader/harvest-timer-define.js",
  ...ELEMENTS.map((name) => `src/embed/loader/${name}`),
];

const moduleOf = async (path) =>
  ts.createSourceFile(path, await readFile(new URL(path, import.meta.url), "utf8"), ts.ScriptTarget.ES2022, true);
const manifest = create({ modules: await Promise.all(PATHS.map(moduleOf)) });
await writeFile(new URL("custom-elements.json", outdir), JSON.stringify(manifest, null, 2) + "\n");
