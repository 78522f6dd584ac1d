import { toCalendar } from "@internationalized/date";
import { expect, it } from "vitest";
import { FACTS, LANGUAGES } from "../../app/language";
import { Echoes } from "./Echoes";
import { momentOf, partsOf } from "./parts";
import { calendarOf, dayIn, dayText, readIn, timeIn, timeText } from "./values";

it.each(LANGUAGES)("gives a day back as it came through the calendar of %s", (language) => {
  const calendar = calendarOf(FACTS[language].calendar);
  for (const text of ["2024-02-29", "2025-03-20", "2025-03-21", "2026-11-26", "1999-12-31"]) {
    const day = dayIn(text);
    expect(day).not.toBeNull();
    if (day !== null) expect(dayText(toCalendar(day, calendar))).toBe(text);
  }
});

it("knows the leap years of the Persian calendar", () => {
  const persian = calendarOf("persian");
  const shown = (text: string) => {
    const day = dayIn(text);
    return day === null ? null : toCalendar(day, persian);
  };
  expect(shown("2025-03-20")).toMatchObject({ year: 1403, month: 12, day: 30 });
  expect(shown("2025-03-21")).toMatchObject({ year: 1404, month: 1, day: 1 });
  expect(shown("2026-03-20")).toMatchObject({ year: 1404, month: 12, day: 29 });
});

it("takes what is no day for none", () => {
  for (const text of ["", "2026-02-29", "2026-13-01", "2026-1-1", "2026-11-26T10:00", "soon"]) expect(dayIn(text)).toBeNull();
  expect(dayText(null)).toBe("");
});

it("gives times and moments back, and nothing for a half", () => {
  expect(timeText(timeIn("23:05"))).toBe("23:05");
  expect(timeText(timeIn("06:00:30"))).toBe("06:00");
  for (const text of ["", "24:00", "7:30"]) expect(timeText(timeIn(text))).toBe("");
  expect(partsOf("2026-11-26T10:30")).toEqual({ day: "2026-11-26", time: "10:30" });
  expect(momentOf(partsOf("2026-11-26T10:30"))).toBe("2026-11-26T10:30");
  expect(momentOf({ day: "2026-11-26", time: "" })).toBe("");
});

it("tells what comes back late from what is new", () => {
  const echoes = new Echoes();
  expect(echoes.isNews("", 0)).toBe(false);
  expect(echoes.isNews("2026-01-01", 0)).toBe(true);
  expect(echoes.isNews("", 0)).toBe(true);
  expect(echoes.isAwaited("2026-01-01")).toBe(true);
  echoes.came("");
  expect(echoes.isAwaited("2026-01-01")).toBe(false);
  expect(echoes.isNews("2026-05-05", 1)).toBe(false);
});

it("reads a Latin keyboard where the digits are the language's own", () => {
  expect(readIn("fa-u-ca-persian-nu-arabext")).toBe("fa-IR-u-ca-persian");
  expect(readIn("ar-u-ca-gregory-nu-arab")).toBe("ar-EG-u-ca-gregory");
  expect(readIn("en-u-ca-gregory-nu-arabext")).toBe("en-u-ca-gregory-nu-arabext");
});
