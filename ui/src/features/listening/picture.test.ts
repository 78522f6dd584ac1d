import { describe, expect, it } from "vitest";
import { BOTH, type Mix, WIDTH, afterKey, gainOf, loudestOf, momentAt, outlineOf, placeOf } from "./picture";

describe("the picture of a recording", () => {
  it("fills the track with the loudest moment of either side", () => {
    expect(loudestOf([0.1, 0.4], [0.2])).toBe(0.4);
    expect(outlineOf([0.4, 0], 0.4)).toBe("M0 1L400 1L400 19.6L800 19.6L800 20.4L400 20.4L400 39L0 39Z");
  });

  it("does not make noise of silence", () => {
    expect(loudestOf([0], [])).toBe(0.05);
    expect(outlineOf([], 1)).toBe("");
  });

  it("puts moments from left to right, within its bounds", () => {
    expect([0, 15, 60, 90].map((seconds) => placeOf(seconds, 60))).toEqual([0, WIDTH / 4, WIDTH, WIDTH]);
    expect(placeOf(5, 0)).toBe(0);
    expect([90, 100, 200, 320].map((x) => momentAt(x, 100, 200, 60))).toEqual([0, 0, 30, 60]);
  });

  it("is walked by keys that follow time", () => {
    expect(afterKey("ArrowRight", 10, 60)).toBe(15);
    expect(afterKey("ArrowLeft", 2, 60)).toBe(0);
    expect(afterKey("PageUp", 50, 60)).toBe(60);
    expect(afterKey("Home", 50, 60)).toBe(0);
    expect(afterKey("End", 50, 60)).toBe(60);
    expect(afterKey("x", 50, 60)).toBeNull();
  });
});

describe("who is heard", () => {
  const mix = (customer: Partial<Mix["customer"]>, agent: Partial<Mix["agent"]>): Mix => ({ customer: { ...BOTH.customer, ...customer }, agent: { ...BOTH.agent, ...agent } });

  it("is both, one alone, or not who is muted", () => {
    const heard = (given: Mix) => [gainOf(given, "customer"), gainOf(given, "agent")];
    expect(heard(BOTH)).toEqual([1, 1]);
    expect(heard(mix({ muted: true }, {}))).toEqual([0, 1]);
    expect(heard(mix({ alone: true }, {}))).toEqual([1, 0]);
    expect(heard(mix({ alone: true }, { alone: true }))).toEqual([1, 1]);
    expect(heard(mix({ alone: true, muted: true }, {}))).toEqual([0, 0]);
  });
});
