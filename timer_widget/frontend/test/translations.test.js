import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import * as english from "../src/shared/english.js";

const folder = new URL("../src/locales/", import.meta.url);
const languages = readdirSync(folder);
const marks = (text) => (text.match(/\{\w+\}/g) ?? []).sort();

test("English and seven more languages are spoken", () => {
  assert.deepEqual(languages, ["ar.json", "de.json", "es.json", "fr.json", "it.json", "nl.json", "pt-br.json"]);
});

for (const file of languages)
  test(`every text is there in ${file}, with the same values in it`, () => {
    const words = JSON.parse(readFileSync(new URL(file, folder), "utf8"));
    assert.deepEqual(Object.keys(words).sort(), Object.keys(english).sort());
    for (const [group, texts] of Object.entries(english)) {
      assert.deepEqual(Object.keys(words[group]), Object.keys(texts), group);
      for (const [name, text] of Object.entries(texts)) {
        assert.ok(words[group][name], name);
        assert.deepEqual(marks(words[group][name]), marks(text), name);
      }
    }
  });
