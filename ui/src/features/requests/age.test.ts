import { describe, expect, it } from "vitest";
import { agedSince, ageWritten } from "./age";

describe("an age", () => {
  it("is told in the two largest units that it fills", () => {
    expect([0, 59, 60, 3_599, 3_600, 90_061, 3 * 86_400].map((seconds) => ageWritten(seconds, "en"))).toEqual([
      "0 sec", "59 sec", "1 min", "59 min 59 sec", "1 hr", "1 day 1 hr", "3 days",
    ]);
    expect(ageWritten(90_061, "fa-u-nu-arabext")).toContain("۱");
  });

  it("is what the server counted, and goes on with this device's clock, wherever that stands", () => {
    expect(agedSince(100, 5_000_000, 5_030_000)).toBe(130);
    expect(agedSince(100, 5_000_000, 4_000_000)).toBe(100);
  });
});
