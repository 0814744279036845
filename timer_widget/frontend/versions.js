/**
 * Puts the loader and its types beside the build under the exact version of package.json, at an address that never changes.
 * `node versions.js [folder]`. A version in published.json is out: its bytes are in pages' `integrity`, so a loader that differs
 * from it needs a new version.
 */
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile } from "node:fs/promises";

const outdir = new URL(process.argv[2] ? `file://${process.argv[2]}/` : "../../static/timer_widget/", import.meta.url);
const json = async (name) => JSON.parse(await readFile(new URL(name, import.meta.url), "utf8"));
const [{ version }, published] = [await json("package.json"), await json("published.json")];

const loader = new URL("platform.js", outdir);
const integrity = `sha384-${createHash("sha384").update(await readFile(loader)).digest("base64")}`;
if (published[version] && published[version] != integrity)
  throw new Error(`platform.js is not what was published as ${version}; give package.json the next version.`);

const exact = new URL(`v${version}/`, outdir);
await mkdir(exact, { recursive: true });
for (const folder of [outdir, exact])
  await copyFile(new URL("src/harvest-bridge.d.ts", import.meta.url), new URL("harvest-bridge.d.ts", folder));
for (const name of ["platform.js", "shortcuts.js", "embed.js"]) await copyFile(new URL(name, outdir), new URL(name, exact));
