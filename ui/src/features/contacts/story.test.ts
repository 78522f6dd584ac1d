import { describe, expect, it } from "vitest";
import { type Whole, storyOf, typedOf, whyKey } from "./story";

const decision = { queue: "cards", agent: "anna", by: "contact", rule: "longest_idle", waited_seconds: 5, free: 2, passed_over: 0 };
const contact = {
  segments: [
    { state: "in_self_service", queue: null, agent: null, began_at: "2026-11-25T10:00:00Z", ended_at: "2026-11-25T10:00:10Z" },
    { state: "waiting", queue: "cards", agent: null, began_at: "2026-11-25T10:00:10Z", ended_at: "2026-11-25T10:00:15Z" },
    { state: "offered", queue: "cards", agent: "anna", began_at: "2026-11-25T10:00:15Z", ended_at: "2026-11-25T10:00:17Z" },
    { state: "in_conversation", queue: "cards", agent: "anna", began_at: "2026-11-25T10:00:17Z", ended_at: "2026-11-25T10:01:00Z" },
    { state: "closed", queue: null, agent: null, began_at: "2026-11-25T10:01:00Z", ended_at: null },
  ],
  queue_visits: [{ queue: "cards", entered_at: "2026-11-25T10:00:10Z", wait_seconds: 7, ended: "answered" }],
  engagements: [{ agent: "anna", wrap_up_at: "2026-11-25T10:01:00Z", ended_at: "2026-11-25T10:01:30Z", disposition: "solved" }],
  explanation: [{ at: "2026-11-25T10:00:15Z", kind: "decided", text: "", decision }, { at: "2026-11-25T10:00:15Z", kind: "did", text: "", decision: null }],
  notes: [{ id: "n", text: "Late.", kind: "note", written_by: "Anna", written_at: "2026-11-25T10:01:20Z" }],
  closed_at: "2026-11-25T10:01:00Z", outcome: "answered",
} as unknown as Whole;

describe("a contact's story", () => {
  it("is one line of time", () => {
    expect(storyOf(contact).map(({ kind }) => kind)).toEqual(["state", "visit", "state", "decision", "state", "wrap_up", "closed", "note"]);
    expect(storyOf(contact)[1]).toMatchObject({ queue: "cards", seconds: 7, ended: "answered" });
    expect(storyOf(contact)[5]).toMatchObject({ agent: "anna", seconds: 30, disposition: "solved" });
  });

  it("has the answers that were typed", () => {
    const form = { values: { amount: 12.5, items: ["a"], events: [{ type: "answered", step: "order", value: "77" }, { type: "chose", step: "what", option: "late" }, { type: "said", step: "hello" }, 3] } };
    expect(typedOf(form as unknown as Whole["form"])).toEqual([["amount", "12.5"], ["order", "77"], ["what", "late"]]);
    expect(typedOf(null)).toEqual([]);
  });

  it("says why in four ways", () => {
    expect([["contact", "only_agent"], ["agent", "longest_idle"], ["contact", "least_occupied"], ["contact", "longest_idle"]].map(([by = "", rule = ""]) => whyKey({ by, rule })))
      .toEqual(["only_agent", "freed", "least_occupied", "longest_idle"]);
  });
});
