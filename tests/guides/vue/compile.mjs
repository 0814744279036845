// node compile.mjs Component.vue Component.js: as a build with @vitejs/plugin-vue would, told of our element.
import { readFileSync, writeFileSync } from "node:fs";
import { compileScript, parse } from "vue/compiler-sfc";

const [source, target] = process.argv.slice(2);
const { descriptor, errors } = parse(readFileSync(source, "utf8"));
if (errors.length) throw errors[0];
const compilerOptions = { isCustomElement: (tag) => tag === "harvest-timer" };
const { content } = compileScript(descriptor, { id: "guide", inlineTemplate: true, templateOptions: { compilerOptions } });
writeFileSync(target, content);
