/**
 * Compares the five catalogues, and the words of figures that the server has as well: the same keys, the same placeholders and choices, nothing that the pages never say.
 * A key counts as used where it stands in a source file as a whole, or where a template begins it: say(`role.${role}`).
 */
import { TYPE, parse } from "@formatjs/icu-messageformat-parser";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const LANGUAGES = ["en", "ru", "ar", "fa", "vi"];
const MESSAGES = new URL("../src/messages/", import.meta.url).pathname;
const FIGURES = new URL("../../src/markaz/reports/words/", import.meta.url).pathname;
const SOURCES = new URL("../src/", import.meta.url).pathname;

const problems = [];
const catalogues = Object.fromEntries(LANGUAGES.map((language) => [language, read(language)]));
const english = catalogues.en;
for (const language of LANGUAGES) compare(language, catalogues[language]);
unused(english);
for (const problem of problems) console.error(`messages: ${problem}`);
if (problems.length > 0) process.exit(1);

function read(language) {
  const found = new Map();
  const own = readdirSync(join(MESSAGES, language)).filter((name) => name.endsWith(".json")).map((name) => join(MESSAGES, language, name));
  for (const file of [...own, join(FIGURES, language, "figures.json")]) {
    const text = readFileSync(file, "utf8");
    for (const [key, message] of Object.entries(JSON.parse(text))) {
      if (found.has(key)) problems.push(`${language}: ${key} stands in two files`);
      found.set(key, message);
    }
  }
  return found;
}

function compare(language, catalogue) {
  for (const [key, message] of english) {
    const translated = catalogue.get(key);
    if (typeof translated !== "string" || translated.trim() === "") {
      problems.push(`${language}: ${key} is missing`);
      continue;
    }
    const [wanted, given] = [placeholders("en", key, message), placeholders(language, key, translated)];
    if (wanted !== given) problems.push(`${language}: ${key} has the placeholders "${given}", English has "${wanted}"`);
  }
  for (const key of catalogue.keys()) if (!english.has(key)) problems.push(`${language}: ${key} is not in English`);
}

function placeholders(language, key, message) {
  const names = new Set();
  const walk = (elements) => {
    for (const element of elements) {
      if (element.type !== TYPE.literal && element.type !== TYPE.pound) names.add(element.value);
      for (const option of Object.values(element.options ?? {})) walk(option.value);
      if (element.children) walk(element.children);
      if (element.type === TYPE.plural && !element.options.other) problems.push(`${language}: ${key} has no "other"`);
    }
  };
  try {
    walk(parse(message));
  } catch (error) {
    problems.push(`${language}: ${key} cannot be read: ${error.message}`);
  }
  return [...names].sort().join(" ");
}

function unused(catalogue) {
  const text = sources(SOURCES).map((file) => readFileSync(file, "utf8")).join("\n");
  const said = new Set([...text.matchAll(/["'`]([a-z0-9_.-]+)["'`]/g)].map(([, key]) => key));
  const begun = [...new Set([...text.matchAll(/`([a-z0-9_]+(?:\.[a-z0-9_]+)*\.)\$\{/g)].map(([, start]) => start))];
  for (const key of catalogue.keys()) {
    if (!said.has(key) && !begun.some((start) => key.startsWith(start))) problems.push(`${key} is never said`);
  }
}

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return path.startsWith(MESSAGES.slice(0, -1)) ? [] : sources(path);
    return /(?<!\.test)\.tsx?$/.test(entry.name) && entry.name !== "schema.ts" ? [path] : [];
  });
}
