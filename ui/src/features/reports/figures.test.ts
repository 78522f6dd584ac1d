import { createIntl } from "react-intl";
import { expect, test } from "vitest";
import type { Language } from "../../app/language";
import { catalogueOf } from "../../messages";
import { type Figure, meaningOf, toldOf } from "./figures";

const level: Figure = {
  figure: "service_level_less_short", version: 1, title: "Service level, less short abandons", unit: "share", column: "", exclusions: ["short_apart"],
  parameters: { target_seconds: 15, short_abandon_seconds: 2.5 }, words: ["In English.", "Without."],
};

async function intlOf(language: Language, tag: string = language) {
  return createIntl({ locale: tag, messages: await catalogueOf(language) });
}

test("a figure is told in the reader's words and digits", async () => {
  const persian = toldOf(await intlOf("fa", "fa-u-nu-arabext"), level);
  expect(persian.column).toBe("سطح سرویس، بدون رهاشده‌های کوتاه (۱۵، ۲٫۵) [سهم]");
  expect(persian.words[0]).toContain("در ۱۵ ثانیه");
  expect(persian.words[1]).toBe("رهاشده‌های کوتاه شاخص جداگانه‌ای‌اند.");
  const russian = toldOf(await intlOf("ru"), level);
  expect(russian.title).toBe("Уровень сервиса без коротких потерь");
  expect(russian.words[0]).toContain("в течение 2,5 с");
});

test("a parameter that others wrote keeps its direction, and an empty one is any", async () => {
  const share: Figure = { ...level, figure: "disposition_share", exclusions: [], parameters: { dispositions: "sold, kept" } };
  const intl = await intlOf("fa", "fa-u-nu-arabext");
  expect(toldOf(intl, share).words[0]).toContain("\u2068sold, kept\u2069");
  expect(toldOf(intl, { ...share, parameters: { dispositions: "" } }).words[0]).toContain("هر کدام");
  expect(meaningOf(intl, { name: "days", meaning: "days" })).toContain("روزهایی");
});

test("what is newer than the pages is told in the server's words", async () => {
  const newer = toldOf(await intlOf("vi"), { ...level, version: 2 });
  expect([newer.title, newer.words]).toEqual([level.title, level.words]);
  expect(newer.column).toContain("[tỷ lệ, phiên bản 2]");
  expect(meaningOf(await intlOf("vi"), { name: "new_one", meaning: "in English" })).toBe("in English");
});
