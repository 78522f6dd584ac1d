import { expect, it } from "vitest";
import { dayName, daysFrom, latin, timeOf } from "./weekly";

it("reads hours as people type them", () => {
  expect(["9", "0930", "9:30", "24", "۱۷:۳۰", "٠٨"].map(timeOf)).toEqual(["09:00", "09:30", "09:30", "24:00", "17:30", "08:00"]);
  expect(["25", "24:30", "9:60", "", "noon"].map(timeOf)).toEqual([null, null, null, null, null]);
});

it("counts days from Monday and begins the week where people do", () => {
  expect(dayName(0, "en")).toBe("Mon");
  expect(dayName(6, "en")).toBe("Sun");
  expect(daysFrom("fa")[0]).toBe(5);
  expect(dayName(5, "en")).toBe("Sat");
  expect(daysFrom("ru")).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

it("knows both families of digits", () => {
  expect(latin("+۹۸٢١٠")).toBe("+98210");
});
