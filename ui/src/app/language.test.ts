import { describe, expect, it } from "vitest";
import { languageOf, preferencesOf, tagOf } from "./language";

describe("language", () => {
  it("takes the first language that we speak", () => {
    expect(languageOf(["de-DE", "fa-IR", "en"])).toBe("fa");
    expect(languageOf(["de"])).toBe("en");
  });

  it("shows Persian its digits and calendar, unless the person wants others", () => {
    const persian = preferencesOf({ locale: "fa" }, []);
    const day = new Date("2026-11-25T12:00:00Z");
    const shown = new Intl.DateTimeFormat(tagOf(persian), { dateStyle: "long", timeZone: "UTC" }).format(day);
    expect(shown).toContain("آذر");
    expect(shown).toContain("۱۴۰۵");
    const other = preferencesOf({ locale: "fa", calendar: "gregory", digits: "latn" }, []);
    expect(new Intl.DateTimeFormat(tagOf(other), { dateStyle: "short", timeZone: "UTC" }).format(day)).toMatch(/2026/);
    expect(new Intl.NumberFormat(tagOf(preferencesOf({ locale: "ar" }, []))).format(12)).toBe("١٢");
  });

  it("counts what it does not know as not chosen", () => {
    expect(preferencesOf({ locale: "tlh", calendar: 3, digits: null, theme: "neon" }, ["vi"])).toEqual({
      locale: "vi", calendar: null, digits: null, theme: "auto",
    });
  });
});
