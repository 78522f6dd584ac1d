import { expect, it } from "vitest";
import { type Draft, EMPTY, draftOf, dropDraft, keepDraft, keptDraft } from "./draft";
import { Memory } from "./memory.test-support";

const draft: Draft = {
  script: { id: "cards", version: 3 },
  events: [{ type: "said", step: "hello" }, { type: "answered", step: "which", value: null }],
  note: "asks for <b>papers</b>", disposition: "done", next_action: "", callback: { day: "2026-11-26", time: "10:00", number: "+49301" },
};

it("comes back as it was typed", () => {
  const storage = new Memory();
  keepDraft(storage, "c1", draft);
  expect(keptDraft(storage, "c1")).toEqual(draft);
  dropDraft(storage, "c1");
  expect(keptDraft(storage, "c1")).toBeNull();
});

it("takes nothing in another shape", () => {
  expect(draftOf("x")).toEqual(EMPTY);
  expect(draftOf({ events: [{ type: "exploded", step: "a" }, 3, { type: "said", step: "a" }], note: 7 })).toEqual({
    ...EMPTY, events: [{ type: "said", step: "a" }],
  });
  const storage = new Memory();
  storage.setItem("markaz.draft.c1", "{");
  expect(keptDraft(storage, "c1")).toBeNull();
});

it("keeps the latest contacts only", () => {
  const storage = new Memory();
  storage.setItem("another's", "stays");
  for (let n = 0; n < 50; n += 1) keepDraft(storage, `c${n}`, draft);
  expect(storage.length).toBe(21);
  expect(keptDraft(storage, "c0")).toBeNull();
  expect(keptDraft(storage, "c49")).toEqual(draft);
  expect(storage.getItem("another's")).toBe("stays");
});
