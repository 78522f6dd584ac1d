/** Which field a problem of the server belongs to: it names places such as `agents.amira.skills.cards`. Pure. */

import type { FieldProblem } from "../../../api/problems";

const ENDS = /[.[]/;
const MISSING = /missing required field `([^`]+)`/;

/** Problems by the field of the entry at `place` (`agents.amira`); "" holds what belongs to none of `fields`. */
export function byField(problems: readonly FieldProblem[], place: string, fields: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const problem of problems) {
    const field = fieldOf(problem, place, fields);
    const text = field === "" && !isWithin(problem.where, place) ? `${problem.where}: ${problem.problem}` : problem.problem;
    found.set(field, [...(found.get(field) ?? []), text]);
  }
  return found;
}

function fieldOf(problem: FieldProblem, place: string, fields: readonly string[]): string {
  if (!isWithin(problem.where, place)) return "";
  const rest = problem.where.slice(place.length).replace(/^\./, "");
  const missing = MISSING.exec(problem.problem)?.[1];
  const wanted = rest === "" ? (missing ?? "") : rest;
  const fitting = fields.filter((field) => isWithin(wanted, field)).sort((one, other) => other.length - one.length);
  return fitting[0] ?? "";
}

/** Whether `where` is `place` or something within it. */
export function isWithin(where: string, place: string): boolean {
  if (!where.startsWith(place)) return false;
  const next = where[place.length];
  return next === undefined || ENDS.test(next);
}

/** Problems by the step of a script that they belong to; "" holds the others. */
export function byStep(problems: readonly FieldProblem[], script: string, steps: readonly string[]): Map<string, string[]> {
  const found = byField(problems, `scripts.${script}.steps`, steps);
  return found;
}
