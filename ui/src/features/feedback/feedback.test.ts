import { expect, it } from "vitest";
import { byQuestion } from "./feedback";

it("puts the days of a question together", () => {
  const days = [
    { question: "solved", day: "2027-01-16", count: 1, mean: 1, distribution: [1, 0] },
    { question: "friendly", day: "2027-01-16", count: 1, mean: 1, distribution: [1, 0] },
    { question: "friendly", day: "2027-01-15", count: 3, mean: 2, distribution: [0, 3] },
  ];
  const told = byQuestion(days);
  expect(told.map(({ question, count, mean, distribution }) => [question, count, mean, distribution])).toEqual([
    ["friendly", 4, 1.75, [1, 3]], ["solved", 1, 1, [1, 0]],
  ]);
  expect(told[0]?.days).toHaveLength(2);
});
