import { expect, test } from "vitest";
import { type Offered, fits, kept, keyOf, numbersOf, usual } from "./draft";

const terms = { ...usual("2026-11-26", "Asia/Tehran", "fa"), name: "Daily", projects: ["hotline"] };
const figure = { figure: "offered", version: 1, title: "Offered", unit: "contacts", parameters: {}, words: [], exclusions: [], column: "Offered [contacts]" };
const offered = (groups: string[]): Offered => ({ figure, groups, parameters: [], source: null });

test("what was written is found again, and nothing else is", () => {
  expect(kept(JSON.stringify(terms))).toEqual(terms);
  for (const text of [null, "", "null", "{", "{}", '{"name": "x", "projects": "hotline"}']) expect(kept(text)).toBeNull();
});

test("each person and each report has a draft of its own", () => {
  expect(new Set([keyOf("a", null), keyOf("b", null), keyOf("a", "r"), keyOf("b", "r")]).size).toBe(4);
});

test("a preview outlives a new name and another language, not another zone", () => {
  expect(numbersOf({ ...terms, name: "Other", recipients: ["a@b.example"], language: "ru" })).toBe(numbersOf(terms));
  expect(numbersOf({ ...terms, zone: "UTC" })).not.toBe(numbersOf(terms));
});

test("a figure stands in the rows that it can be counted by", () => {
  expect(fits(offered(["queue"]), "queue")).toBe(true);
  expect(fits(offered(["queue"]), "disposition")).toBe(false);
  expect(fits(offered(["queue"]), null)).toBe(true);
  expect(fits(offered([]), null)).toBe(false);
});
