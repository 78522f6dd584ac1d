import type { Disposition, ProjectScript } from "./requests";
import { type ScriptEvent, follow, stepAtHand } from "./script";

const SUGGESTED_MAX = 3;

/** The three likeliest results: what the script's end proposes, what its other ends would, then the project's order. */
export function suggested(script: ProjectScript | null, events: readonly ScriptEvent[]): Disposition[] {
  if (script === null) return [];
  const ids: string[] = [];
  if (script.script !== null) {
    const { steps } = script.script;
    const here = steps[stepAtHand(follow(script.script, events, script.deviations))];
    for (const step of [here, ...Object.values(steps)]) if (step?.type === "end" && step.disposition != null) ids.push(step.disposition);
  }
  const order = [...new Set([...ids, ...script.dispositions.map(({ id }) => id)])];
  return order.flatMap((id) => script.dispositions.filter((one) => one.id === id)).slice(0, SUGGESTED_MAX);
}
