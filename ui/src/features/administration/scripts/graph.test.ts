import { expect, it } from "vitest";
import { type Script, added, asKind, depths, fieldsOf, inOrder, pieces, removed, renamed } from "./graph";

const SCRIPT: Script = {
  id: "first", name: "First", start: "hello",
  steps: {
    end: { type: "end" },
    bye: { type: "say", text: "Goodbye", next: "end" },
    hello: { type: "say", text: "Hello {customer_name}", next: "what", required: true },
    what: { type: "choose", text: "What is it?", options: { Order: "order", Other: "bye" } },
    order: { type: "ask", text: "Which order?", field: "order", next: "bye" },
    lost: { type: "end" },
  },
};

it("lists steps as an agent comes to them, and then those nothing leads to", () => {
  expect(inOrder(SCRIPT)).toEqual(["hello", "what", "order", "bye", "end", "lost"]);
});

it("knows how deep within branches a step stands, and goes round no loop for ever", () => {
  const loop: Script = { ...SCRIPT, steps: { ...SCRIPT.steps, bye: { type: "say", text: "Again", next: "hello" } } };
  expect(depths(SCRIPT).get("order")).toBe(1);
  expect(depths(SCRIPT).get("hello")).toBe(0);
  expect(depths(loop).get("hello")).toBe(0);
});

it("puts a new step between two", () => {
  const [script, name] = added(SCRIPT, "ask", "hello");
  expect(script.steps["hello"]).toMatchObject({ next: name });
  expect(script.steps[name]).toEqual({ type: "ask", text: "", field: "", next: "what" });
});

it("closes the gap that a removed step leaves", () => {
  expect(removed(SCRIPT, "order").steps["what"]).toMatchObject({ options: { Order: "bye", Other: "bye" } });
  expect(removed(SCRIPT, "hello").start).toBe("what");
});

it("renames a step wherever it is named, but takes no other's name", () => {
  const script = renamed(SCRIPT, "bye", "goodbye");
  expect(script.steps["order"]).toMatchObject({ next: "goodbye" });
  expect(script.steps["what"]).toMatchObject({ options: { Other: "goodbye" } });
  expect(renamed(SCRIPT, "hello", "bye")).toBe(SCRIPT);
});

it("keeps what both kinds have when a step becomes another", () => {
  const { hello } = SCRIPT.steps;
  if (hello === undefined) throw new Error("the script has lost its first step");
  expect(asKind(hello, "choose")).toEqual({ type: "choose", text: "Hello {customer_name}", options: { "1": "what" } });
});

it("tells variables from words", () => {
  expect(pieces("Hello {customer_name}!")).toEqual([
    { text: "Hello ", variable: false }, { text: "customer_name", variable: true }, { text: "!", variable: false },
  ]);
  expect(fieldsOf(SCRIPT)).toEqual(["order"]);
});
