/**
 * Joins the modules into the four files that browsers load, and writes them where Django serves them from.
 * `node build.js [folder]`; the result depends on nothing but the sources and the pinned esbuild.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const outdir = process.argv[2] ?? fileURLToPath(new URL("../../static/timer_widget", import.meta.url));

/** A stylesheet imported from a module is that module's text: minified, to be made into a constructed stylesheet. */
const cssAsText = {
  name: "css-as-text",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      if (path.includes("/panel/")) return null;
      const { code } = await esbuild.transform(await readFile(path), { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
    }),
};

await esbuild.build({
  absWorkingDir: here,
  entryPoints: [
    { in: "src/loader/platform.js", out: "platform" },
    { in: "src/controller/frame.js", out: "frame" },
    { in: "src/panel/panel.js", out: "panel" },
    { in: "src/panel/panel.css", out: "panel" },
  ],
  outdir,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022", "chrome111", "firefox114", "safari16.4"],
  charset: "utf8",
  legalComments: "none",
  plugins: [cssAsText],
});
