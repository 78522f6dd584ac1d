import { expect, it } from "vitest";
import { detailsShown, subjectShown } from "./actions";

it("cuts ids that only machines read, and leaves those that people gave", () => {
  expect(subjectShown({ subject: "user:8c0f1b22-5d6e-4f3a-9f6e-0a1b2c3d4e5f" })).toBe("user:8c0f1b22-5d6…");
  expect(subjectShown({ subject: "recording:o17" })).toBe("recording:o17");
  expect(subjectShown({ subject: "centre" })).toBe("centre");
});

it("tells details in one line", () => {
  expect(detailsShown({ details: { name: "Ann", roles: ["agent"] } })).toBe('name: Ann · roles: ["agent"]');
});
