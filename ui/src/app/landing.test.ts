import { describe, expect, it } from "vitest";
import { landingOf } from "./landing";

describe("the page that signing in leads to", () => {
  it("is the one that was asked for, else the one of last time, and never one that there is not", () => {
    expect(landingOf("/administration/queues?q=1", "desk")).toBe("administration");
    expect(landingOf("/", "desk")).toBe("desk");
    expect(landingOf("/", null)).toBeNull();
    expect(landingOf("/", "gone")).toBeNull();
    expect(landingOf("/gone", "desk")).toBeNull();
  });
});
