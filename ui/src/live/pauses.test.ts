import { expect, it } from "vitest";
import { PAUSE_MILLISECONDS_MAX, PAUSE_MILLISECONDS_MIN, pauseBefore } from "./pauses";

it("pauses grow, are bounded, and differ from page to page", () => {
  const longest = [0, 1, 2, 3, 4, 5, 20].map((attempt) => pauseBefore(attempt, 0.999));
  expect(longest[0]).toBeLessThan(PAUSE_MILLISECONDS_MIN);
  expect([...longest].sort((a, b) => a - b)).toEqual(longest);
  expect(longest.at(-1)).toBeLessThanOrEqual(PAUSE_MILLISECONDS_MAX);
  expect(pauseBefore(3, 0)).toBeLessThan(pauseBefore(3, 0.9));
});
