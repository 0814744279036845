import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dirname, join, relative } from "node:path";

const SOURCES = fileURLToPath(new URL("../src", import.meta.url));
const IMPORT = /^(?:import|export)\b[^;]*?["'](\.[^"']+\.js)["'];/gm;

const importsOf = (file) => [...readFileSync(file, "utf8").matchAll(IMPORT)].map(([, path]) => join(dirname(file), path));
const modules = readdirSync(SOURCES, { recursive: true }).filter((name) => name.endsWith(".js"));
const graph = new Map(modules.map((name) => [join(SOURCES, name), importsOf(join(SOURCES, name))]));

/** All modules that `file` leads to, itself only by way of others. */
function reachable(file, found = new Set()) {
  for (const next of graph.get(file) ?? [])
    if (!found.has(next)) reachable(next, found.add(next));
  return found;
}

test("no module imports itself by way of others", () => {
  const circular = [...graph.keys()].filter((file) => reachable(file).has(file));
  assert.deepEqual(circular.map((file) => relative(SOURCES, file)), []);
});

test("every import of a module names a file that is there", () => {
  const missing = [...graph.values()].flat().filter((path) => !graph.has(path));
  assert.deepEqual(missing.map((file) => relative(SOURCES, file)), []);
});
