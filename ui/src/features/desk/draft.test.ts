import { expect, it } from "vitest";
import { FORM, WRAP_UP } from "./draft";
import { keep, kept } from "./kept";
import { Memory } from "./memory.test-support";
import type { ScriptEvent } from "./script";

const said = (step: string): ScriptEvent => ({ type: "said", step });

it("takes nothing in another shape", () => {
  expect(WRAP_UP.parse("x")).toEqual(WRAP_UP.empty);
  expect(WRAP_UP.parse({ note: 7, callback: [] })).toEqual(WRAP_UP.empty);
  expect(FORM.parse({ events: [{ type: "exploded", step: "a" }, 3, said("a")], script: "cards" })).toEqual({ script: null, events: [said("a")] });
});

it("comes back as it was kept", () => {
  const wrapUp = { note: "<b>papers</b>", disposition: "done", next_action: "", callback: { day: "2026-11-26", time: "10:00", number: "+49301" } };
  expect(WRAP_UP.parse(JSON.parse(JSON.stringify(wrapUp)))).toEqual(wrapUp);
  const form = { script: { id: "cards", version: 3 }, events: [said("hello"), { type: "answered" as const, step: "which", value: null }] };
  expect(FORM.parse(JSON.parse(JSON.stringify(form)))).toEqual(form);
});

it("goes on in the script from where another agent has come", () => {
  const script = { id: "cards", version: 3 };
  const events = (...steps: string[]) => ({ script, events: steps.map(said) });
  expect(FORM.merge(events("a"), events("a", "mine"), events("a", "theirs"))).toEqual(events("a", "theirs", "mine"));
  expect(FORM.merge(FORM.empty, events("theirs", "mine"), events("theirs"))).toEqual(events("theirs", "mine"));
  expect(FORM.merge(FORM.empty, { ...events("mine"), script: null }, events("theirs"))).toEqual(events("theirs", "mine"));
});

it("merges a wrap-up field by field, and loses no words", () => {
  const before = { ...WRAP_UP.empty, note: "n", next_action: "a" };
  const merged = (mine: string, theirs: string) => WRAP_UP.merge(before, { ...before, note: mine }, { ...before, note: theirs, next_action: "b" });
  expect(merged("mine", "n")).toEqual({ ...before, note: "mine", next_action: "b" });
  expect(merged("n", "theirs").note).toBe("theirs");
  expect(merged("n, mine", "n, theirs").note).toBe("n, theirs\n, mine");
  expect(merged("mine", "theirs").note).toBe("theirs\nmine");
  expect(merged("n and more", "n and").note).toBe("n and more");
});

it("keeps the latest drafts only", () => {
  const storage = new Memory();
  storage.setItem("another's", "stays");
  for (let n = 0; n < 50; n += 1) keep(storage, `c${n}`, n);
  expect(storage.length).toBe(21);
  expect(kept(storage, "c0")).toBeNull();
  expect(kept(storage, "c49")).toBe("49");
  expect(storage.getItem("another's")).toBe("stays");
});
