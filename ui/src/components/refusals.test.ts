import { createIntl } from "react-intl";
import { expect, test } from "vitest";
import { failureOf } from "../api/problems";
import { LANGUAGES, type Language } from "../app/language";
import { catalogueOf } from "../messages";
import { refusalOf } from "./refusals";

async function told(language: Language, code: string, values: Record<string, unknown>, tag: string = language) {
  const intl = createIntl({ locale: tag, messages: await catalogueOf(language) });
  return refusalOf(intl, failureOf(422, { code, detail: "In English.", values }, "x"));
}

test("a refusal is told by its code, with its values", async () => {
  expect(await told("fa", "unknown_zone", { zone: "Europe/Nowhere" })).toContain("Europe/Nowhere");
  const range = { figure: "service_level", parameter: "target_seconds", reason: "range", problem: "it must be between 0 and 86400", least: 0, greatest: 86_400 };
  expect(await told("ru", "parameter_refused", range)).toMatch(/Уровень сервиса.*86.400/);
  expect(await told("fa", "parameter_refused", range, "fa-u-nu-arabext")).toContain("۸۶٬۴۰۰");
  expect(await told("en", "group_refused", { figure: "offered", group: "disposition", groups: "project, queue" })).toBe("“Offered” can't be given by Result: choose Project or Queue, or all together.");
});

test("each part of the terms that is refused has words of its own, in every language", async () => {
  const reasons = ["name", "projects", "agents", "agent_time", "recipients", "deliver_at", "first_day", "periods"];
  for (const language of LANGUAGES) {
    const said = await Promise.all(reasons.map((reason) => told(language, "terms_refused", { reason, problem: "In English.", limit: 20 })));
    expect(new Set(said).size).toBe(reasons.length);
    expect(said.join()).not.toContain("In English");
  }
});

test("what the pages have no words for is left to the server's", async () => {
  expect(await told("vi", "something_new", {})).toBeNull();
});
