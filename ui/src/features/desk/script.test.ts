import { describe, expect, it } from "vitest";
import { type Script, advance, begin, filled, fits, follow, requiredSentences, stepAtHand } from "./script";

const script: Script = {
  id: "orders", name: "Orders", start: "hello",
  steps: {
    hello: { type: "say", text: "Welcome, {customer_name}.", next: "what", required: true },
    what: { type: "choose", text: "What is it about?", options: { "An order": "number", "Something else": "bye" } },
    number: { type: "ask", text: "Which order?", field: "order", kind: "number", next: "terms", required: true },
    terms: { type: "say", text: "This call is recorded.", next: "bye", required: true },
    bye: { type: "say", text: "Good bye.", next: "end", required: true },
    end: { type: "end", disposition: "done" },
  },
};

describe("a script", () => {
  it("is followed step by step", () => {
    const progress = follow(script, [
      { type: "said", step: "hello" },
      { type: "chose", step: "what", option: "An order" },
      { type: "answered", step: "number", value: "17" },
    ], []);
    expect(stepAtHand(progress)).toBe("terms");
    expect(progress.answers).toEqual({ order: "17" });
  });

  it("does not let a required field be empty or of another kind, unless the project allows it", () => {
    const there = follow(script, [{ type: "said", step: "hello" }, { type: "chose", step: "what", option: "An order" }], []);
    expect(advance(script, there, { type: "answered", step: "number", value: "seventeen" }, [])).toBeNull();
    expect(advance(script, there, { type: "answered", step: "number", value: "" }, [])).toBeNull();
    expect(advance(script, there, { type: "answered", step: "number", value: null }, ["skip_fields"])?.way.at(-1)).toBe("terms");
  });

  it("lets a required sentence be skipped or said otherwise only where the project allows it", () => {
    const first = begin(script);
    expect(advance(script, first, { type: "said", step: "hello", how: "own_words" }, [])).toBeNull();
    expect(advance(script, first, { type: "said", step: "hello", how: "own_words" }, ["own_words"])).not.toBeNull();
    expect(advance(script, first, { type: "went", step: "bye" }, [])).toBeNull();
    expect(advance(script, first, { type: "went", step: "bye" }, ["any_order"])?.way).toEqual(["hello", "bye"]);
  });

  it("lists the required sentences of the way taken and of every way ahead, ticked off as they are said", () => {
    expect(requiredSentences(script, begin(script), []).map(({ step, done }) => [step, done])).toEqual([
      ["hello", false], ["bye", false],
    ]);
    const progress = follow(script, [{ type: "said", step: "hello" }, { type: "chose", step: "what", option: "An order" }], []);
    expect(requiredSentences(script, progress, []).map(({ step, done }) => [step, done])).toEqual([
      ["hello", true], ["terms", false], ["bye", false],
    ]);
  });

  it("keeps a sentence in the list that a jump left out", () => {
    const progress = follow(script, [{ type: "said", step: "hello" }, { type: "went", step: "bye" }, { type: "went", step: "terms" }, { type: "said", step: "terms" }], ["any_order"]);
    expect(requiredSentences(script, progress, ["any_order"]).map(({ step, done }) => [step, done])).toEqual([
      ["hello", true], ["terms", true], ["bye", false],
    ]);
    const house: Script = { ...script, steps: { ...script.steps, hello: { type: "say", text: "Hello.", next: "terms" }, terms: { type: "say", text: "Recorded.", next: "bye", required: true } } };
    const jumped = follow(house, [{ type: "went", step: "bye" }], ["any_order"]);
    expect(requiredSentences(house, jumped, ["any_order"]).map(({ step, done }) => [step, done])).toEqual([["terms", false], ["bye", false]]);
  });

  it("survives events of another version of itself", () => {
    expect(stepAtHand(follow(script, [{ type: "said", step: "gone" }, { type: "said", step: "hello" }], []))).toBe("what");
  });

  it("fills in what it knows, as text", () => {
    expect(filled("Welcome, {customer_name}. {unknown}", { customer_name: "<b>Ann</b>" })).toBe("Welcome, <b>Ann</b>. ");
    expect(filled("{constructor}", {})).toBe("");
  });

  it("knows what fits a question", () => {
    const ask = (kind: "date" | "yes_no" | "one_of" | "email" | "telephone", options: string[] = []) =>
      ({ type: "ask", text: "", field: "f", next: "end", kind, options }) as const;
    expect([fits(ask("date"), "2026-02-30"), fits(ask("date"), "2026-11-25")]).toEqual([false, true]);
    expect([fits(ask("yes_no"), "yes"), fits(ask("yes_no"), "ja")]).toEqual([true, false]);
    expect([fits(ask("one_of", ["a"]), "a"), fits(ask("one_of", ["a"]), "b")]).toEqual([true, false]);
    expect([fits(ask("email"), "a@b.example"), fits(ask("email"), "a b@c")]).toEqual([true, false]);
    expect([fits(ask("telephone"), "+4930123"), fits(ask("telephone"), "call me")]).toEqual([true, false]);
  });
});
