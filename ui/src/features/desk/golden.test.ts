/** The cases that the script's rules in Python are tested with: the desk must say the same of each. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Deviation, type Owed, type Progress, type Script, type ScriptEvent, advance, begin, owed, stepAtHand } from "./script";

interface Case {
  name: string;
  allowed: Deviation[];
  events: ScriptEvent[];
  /** Present: the last event is refused. Python's words for it are not the desk's. */
  refused?: string;
  step?: string;
  over?: boolean;
  answers?: Record<string, string>;
  owed?: Owed[];
  deviations?: Deviation[];
}

const file = new URL("../../../../tests/scripts/progress.json", import.meta.url);
const { script, cases } = JSON.parse(readFileSync(file, "utf8")) as { script: Script; cases: Case[] };

describe("the desk agrees with the rules in Python:", () => {
  it.each(cases)("$name", ({ allowed, events, refused, step: wanted, over, answers, owed: missing, deviations }) => {
    const last = refused === undefined ? [] : events.slice(-1);
    let progress: Progress = begin(script);
    for (const event of events.slice(0, events.length - last.length)) {
      const next = advance(script, progress, event, allowed);
      expect(next, JSON.stringify(event)).not.toBeNull();
      progress = next ?? progress;
    }
    if (last[0] !== undefined) {
      expect(advance(script, progress, last[0], allowed)).toBeNull();
      return;
    }
    const step = stepAtHand(progress);
    expect({
      step, over: script.steps[step]?.type === "end", answers: progress.answers,
      owed: owed(script, progress, allowed), deviations: progress.deviations,
    }).toEqual({ step: wanted, over, answers, owed: missing, deviations });
  });
});
