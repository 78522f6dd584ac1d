/** What an agent enters about a contact: the script's form, which is the contact's; the wrap-up, which is the agent's. */

import { callbackMoment } from "./callback";
import type { Shape } from "./DraftKeeper";
import type { ScriptEvent } from "./script";

export interface FormDraft {
  /** The script with which the conversation began; a newer version does not change under an agent who talks. */
  script: { id: string; version: number } | null;
  /** What was done in the script, in order. */
  events: ScriptEvent[];
}

export interface CallbackDraft {
  day: string;
  time: string;
  number: string;
}

export interface WrapUpDraft {
  note: string;
  disposition: string | null;
  next_action: string;
  callback: CallbackDraft | null;
}

export const NOTE_CHARACTERS_MAX = 10_000;

export type Draft = FormDraft & WrapUpDraft;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isScriptEvent(value: unknown): value is ScriptEvent {
  if (!isRecord(value) || typeof value["step"] !== "string") return false;
  switch (value["type"]) {
    case "said":
    case "went":
      return true;
    case "answered":
      return value["value"] === null || typeof value["value"] === "string";
    case "chose":
      return typeof value["option"] === "string";
    default:
      return false;
  }
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** How many events the two begin with in common. */
function together(one: readonly ScriptEvent[], other: readonly ScriptEvent[]): number {
  const differs = one.findIndex((event, n) => !isSame(event, other[n]));
  return differs === -1 ? one.length : differs;
}

/** Theirs, but for what was changed here. */
function merged<T>(before: T, mine: T, theirs: T): T {
  return isSame(mine, before) ? theirs : mine;
}

/** Words that both have typed on stand below each other. */
function mergedWords(before: string, mine: string, theirs: string): string {
  if (mine === before || theirs.includes(mine)) return theirs;
  if (theirs === before || mine.includes(theirs)) return mine;
  return `${theirs}\n${mine.startsWith(before) ? mine.slice(before.length).trimStart() : mine}`;
}

export const FORM: Shape<FormDraft> = {
  empty: { script: null, events: [] },
  parse: (kept) => {
    if (!isRecord(kept)) return FORM.empty;
    const script = kept["script"];
    return {
      script: isRecord(script) && typeof script["id"] === "string" && typeof script["version"] === "number"
        ? { id: script["id"], version: script["version"] }
        : null,
      events: Array.isArray(kept["events"]) ? kept["events"].filter(isScriptEvent) : [],
    };
  },
  /** What others did in the script comes first, and what was done here since goes on from there. */
  merge: (before, mine, theirs) => {
    const since = Math.max(together(before.events, mine.events), together(theirs.events, mine.events));
    return { script: theirs.script ?? mine.script, events: [...theirs.events, ...mine.events.slice(since)] };
  },
  isWhole: () => true,
};

export const WRAP_UP: Shape<WrapUpDraft> = {
  empty: { note: "", disposition: null, next_action: "", callback: null },
  parse: (kept) => {
    if (!isRecord(kept)) return WRAP_UP.empty;
    const text = (value: unknown) => (typeof value === "string" ? value : "");
    const callback = kept["callback"];
    return {
      note: text(kept["note"]),
      disposition: typeof kept["disposition"] === "string" ? kept["disposition"] : null,
      next_action: text(kept["next_action"]),
      callback: isRecord(callback)
        ? { day: text(callback["day"]), time: text(callback["time"]), number: text(callback["number"]) }
        : null,
    };
  },
  merge: (before, mine, theirs) => ({
    note: mergedWords(before.note, mine.note, theirs.note),
    next_action: mergedWords(before.next_action, mine.next_action, theirs.next_action),
    disposition: merged(before.disposition, mine.disposition, theirs.disposition),
    callback: merged(before.callback, mine.callback, theirs.callback),
  }),
  isWhole: ({ callback }) => callback === null || callbackMoment(callback, 0) !== null,
};
