/** Few rules: what is wrong or left over. How code looks is the formatter's and the reader's matter. */
import js from "@eslint/js";
import globals from "globals";

const OURS = {
  eqeqeq: "off", // `== null` and `==` between texts are house style; types are tsc's to check
  "no-unused-expressions": "off", // `open || close()` is a sentence here
  "no-unused-vars": ["error", { ignoreRestSiblings: true }],
  "no-var": "error",
  "prefer-const": ["error", { destructuring: "all" }],
  "no-implicit-globals": "error",
  "no-restricted-properties": [
    "error",
    ...["innerHTML", "outerHTML"].map((property) => ({ property, message: "Text stays text: build elements with make() or h()." })),
  ],
  "no-restricted-globals": ["error", "event", "name", "status", "length", "top", "parent"],
  "no-eval": "error",
  "no-implied-eval": "error",
};

export default [
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  { ...js.configs.recommended, files: ["**/*.js"] },
  { files: ["src/**/*.js"], languageOptions: { globals: globals.browser }, rules: OURS },
  { files: ["*.js", "test/**/*.js"], languageOptions: { globals: { ...globals.node, ...globals.browser } }, rules: OURS },
];
