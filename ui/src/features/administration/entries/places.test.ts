import { expect, it } from "vitest";
import { byField, byStep, isWithin } from "./places";

it("puts each problem at its field, the more exact one where two fit", () => {
  const problems = [
    { where: "agents.ina.skills.cards", problem: "must be between 1 and 10" },
    { where: "agents.ina.skills[...]", problem: "Expected `int`" },
    { where: "agents.ina.capacity.chat", problem: "must not be negative" },
    { where: "agents.ina", problem: "Object missing required field `name`" },
    { where: "agents.inabel.name", problem: "of another" },
    { where: "agents.ina", problem: "preference of cards must be at least 1" },
  ];
  expect(Object.fromEntries(byField(problems, "agents.ina", ["name", "skills", "capacity", "capacity.chat"]))).toEqual({
    skills: ["must be between 1 and 10", "Expected `int`"],
    "capacity.chat": ["must not be negative"],
    name: ["Object missing required field `name`"],
    "": ["agents.inabel.name: of another", "preference of cards must be at least 1"],
  });
});

it("puts a script's problems at their steps", () => {
  const problems = [
    { where: "scripts.first.steps.hello.next", problem: 'unknown step "bye"' },
    { where: "scripts.first.start", problem: 'unknown step "begin"' },
  ];
  const found = byStep(problems, "first", ["hello"]);
  expect(found.get("hello")).toEqual(['unknown step "bye"']);
  expect(found.get("")).toEqual(['scripts.first.start: unknown step "begin"']);
});

it("takes no name for a part of a longer one", () => {
  expect(isWithin("queues.cards-2", "queues.cards")).toBe(false);
});
