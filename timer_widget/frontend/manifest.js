/**
 * Writes the custom-elements manifest of `<harvest-timer>`, which editors and component catalogues read, beside the build.
 * `node manifest.js [folder]`; it is made of the JSDoc of harvest-timer-element.js.
 */
import { readFile, writeFile } from "node:fs/promises";
import { create, ts } from "@custom-elements-manifest/analyzer";

const outdir = new URL(process.argv[2] ? `file://${process.argv[2]}/` : "../../static/timer_widget/", import.meta.url);
const PATHS = ["src/loader/harvest-timer-element.js", "src/loader/harvest-timer-define.js"];

const moduleOf = async (path) =>
  ts.createSourceFile(path, await readFile(new URL(path, import.meta.url), "utf8"), ts.ScriptTarget.ES2022, true);
const manifest = create({ modules: await Promise.all(PATHS.map(moduleOf)) });
await writeFile(new URL("custom-elements.json", outdir), JSON.stringify(manifest, null, 2) + "\n");
