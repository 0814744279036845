/**
 * Joins the modules into the files that browsers load, and writes them where Django serves them from: the timer's loader, and for every
 * language a frame script and a panel script; the loader of embedded frames, and one script for each of these, whose words come with its page.
 * `node build.js [folder]`; the result depends on nothing but the sources and the pinned esbuild.
 */
import { readFile, readdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { minify } from "terser";

const here = fileURLToPath(new URL(".", import.meta.url));
const outdir = process.argv[2] ?? fileURLToPath(new URL("../../static/timer_widget", import.meta.url));

/** What frames load as stylesheets of their own. */
const SHEETS = ["src/panel/", "src/embed/embed.css", "src/embed/styles/"];

/** A stylesheet imported from a module is that module's text: minified, to be made into a constructed stylesheet. */
const cssAsText = {
  name: "css-as-text",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      if (SHEETS.some((folder) => path.startsWith(here + folder))) return null;
      const { code } = await esbuild.transform(await readFile(path), { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
    }),
};

/** The words of one language in the place of the English ones; English itself needs none. */
const wordsOf = (language) => ({
  name: `words-of-${language}`,
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]shared[\\/]english\.js$/ }, async () => {
      const words = JSON.parse(await readFile(new URL(`src/locales/${language}.json`, import.meta.url), "utf8"));
      const lines = Object.entries(words).map(([name, texts]) => `export const ${name} = ${JSON.stringify(texts)};`);
      return { contents: lines.join("\n"), loader: "js" };
    }),
});

const build = (entryPoints, plugins = [], format = "iife") =>
  esbuild.build({
    absWorkingDir: here,
    entryPoints,
    outdir,
    bundle: true,
    minify: true,
    format,
    target: ["es2022", "chrome111", "firefox114", "safari16.4"],
    charset: "utf8",
    legalComments: "none",
    tsconfigRaw: {}, // tsconfig.json checks types; it must not decide what is built
    plugins: [cssAsText, ...plugins],
  });

const frames = (suffix) => [
  { in: "src/controller/frame.js", out: `frame${suffix}` },
  { in: "src/panel/panel.js", out: `panel${suffix}` },
];

await build([
  { in: "src/loader/platform.js", out: "platform" },
  { in: "src/panel/panel.css", out: "panel" },
  { in: "src/preview/preview-frame.js", out: "preview-frame" },
  { in: "src/embed/loader/embed.js", out: "embed" },
  { in: "src/embed/embed.css", out: "embed" },
  { in: "src/embed/invoices/invoices.js", out: "invoices" },
  { in: "src/embed/insights/insights.js", out: "insights" },
  ...frames(""),
]);
await build([{ in: "src/shortcuts/shortcuts.js", out: "shortcuts" }], [], "esm");

/** The loader is on every page of every host: a second minifier takes off another twentieth. */
const loader = `${outdir}/platform.js`;
const { code } = await minify(await readFile(loader, "utf8"), { ecma: 2022, compress: { passes: 3 } });
await writeFile(loader, `${code}\n`);

for (const file of (await readdir(new URL("src/locales", import.meta.url))).sort()) {
  const language = file.replace(".json", "");
  await build(frames(`.${language}`), [wordsOf(language)]);
}
