import { expect, it } from "vitest";
import { destinationIn, destinationOf, inOrder, nextAfter, overflowIn, relaxationIn, written } from "./queueRules";

it("reads what the server writes and writes it back", () => {
  const overflow = [{ after_seconds: 45, to: { type: "callback" } }, { after_seconds: 90, to: { type: "queue", queue: "general" } }];
  expect(written(overflowIn(overflow))).toEqual(overflow);
  const relaxation = [{ after_seconds: 15, lower: { cards: 1 } }, { after_seconds: 30, drop: ["cards"] }];
  expect(written(relaxationIn(relaxation))).toEqual(relaxation);
});

it("takes nothing in another shape", () => {
  expect(destinationIn({ type: "moon" })).toBeNull();
  expect(overflowIn([{ after_seconds: 4 }, 7])).toEqual([]);
  expect(relaxationIn([{ after_seconds: 4, drop: "x", lower: { a: "b" } }])).toEqual([{ after_seconds: 4, drop: [], lower: {} }]);
});

it("puts steps in their order, and leaves none out of an empty list", () => {
  const steps = [{ after_seconds: 60, to: destinationOf("voicemail") }, { after_seconds: 20, to: destinationOf("callback") }];
  expect(inOrder(steps).map((one) => one.after_seconds)).toEqual([20, 60]);
  expect(written([])).toBeUndefined();
  expect(nextAfter(steps)).toBe(90);
});
