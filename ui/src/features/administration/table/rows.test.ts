import { expect, it } from "vitest";
import { type Column, csvOf, folded, rowsFor, sortOf } from "./rows";

interface Row {
  name: string;
  level: number;
}
const COLUMNS: Column<Row>[] = [
  { id: "name", label: "Name", text: (row) => row.name },
  { id: "level", label: "Level", text: (row) => String(row.level), order: (row) => row.level },
];
const ROWS: Row[] = [
  { name: "Đội đêm", level: 10 },
  { name: "Доход, ёлка", level: 9 },
  { name: "=SUM(A1)", level: -2 },
];

it("finds rows in which every typed word occurs, whatever the accents", () => {
  const found = (typed: string) => rowsFor(ROWS, COLUMNS, typed, null, "en").map((row) => row.level);
  expect(found("dem doi")).toEqual([10]);
  expect(found("елка")).toEqual([9]);
  expect(found("  ")).toEqual([10, 9, -2]);
  expect(found("doi 9")).toEqual([]);
});

it("takes the letters of Arabic and Persian for the same", () => {
  expect(folded("علي")).toBe(folded("علی"));
});

it("sorts figures as figures", () => {
  const levels = (sort: string) => rowsFor(ROWS, COLUMNS, "", sortOf(sort), "en").map((row) => row.level);
  expect(levels("level")).toEqual([-2, 9, 10]);
  expect(levels("-level")).toEqual([10, 9, -2]);
  expect(levels("gone")).toEqual([10, 9, -2]);
});

it("writes no formula into a file", () => {
  expect(csvOf(ROWS, COLUMNS)).toBe('\uFEFFName,Level\r\nĐội đêm,10\r\n"Доход, ёлка",9\r\n\'=SUM(A1),-2\r\n');
});
