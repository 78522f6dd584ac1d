import { describe, expect, it } from "vitest";
import { written } from "./durations";

describe("durations", () => {
  it("are clocks with two digits where two are expected", () => {
    expect([0, 5, 65, 3729].map((seconds) => written(seconds, "clock", "en"))).toEqual(["0:00", "0:05", "1:05", "1:02:09"]);
  });

  it("use the digits of the locale", () => {
    expect(written(65, "clock", "fa-u-nu-arabext")).toBe("۱:۰۵");
    expect(written(65, "clock", "ar-u-nu-arab")).toBe("١:٠٥");
  });

  it("say hours without seconds and seconds when there is nothing else", () => {
    expect(written(3729, "words", "en")).toBe("1 hr 2 min");
    expect(written(65, "words", "en")).toBe("1 min 5 sec");
    expect(written(0, "words", "ru")).toBe("0 с");
    expect(written(-3, "words", "vi")).toBe("0 giây");
  });

  it("never run backwards below zero", () => {
    expect(written(-1, "clock", "en")).toBe("0:00");
  });
});
