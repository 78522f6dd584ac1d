import { describe, expect, it } from "vitest";
import { callbackMoment, daysAhead } from "./callback";

const now = new Date(2026, 10, 25, 12, 0).getTime();

describe("a callback", () => {
  it("is a moment on the agent's clock, in the future, with a number that can be dialled", () => {
    const at = callbackMoment({ day: "2026-11-26", time: "10:30", number: "+4930123456" }, now);
    expect(at).toBe(new Date(2026, 10, 26, 10, 30).toISOString());
    expect(callbackMoment({ day: "2026-11-25", time: "11:59", number: "+4930123456" }, now)).toBeNull();
    expect(callbackMoment({ day: "", time: "10:30", number: "+4930123456" }, now)).toBeNull();
    expect(callbackMoment({ day: "2026-11-26", time: "10:30", number: "anonymous" }, now)).toBeNull();
  });

  it("can be chosen from today on, across months", () => {
    const days = daysAhead(new Date(2026, 10, 25, 23, 59));
    expect(days.slice(0, 2)).toEqual(["2026-11-25", "2026-11-26"]);
    expect(days).toContain("2026-12-01");
  });
});
