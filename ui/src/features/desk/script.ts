/**
 * How far a conversation is in its script: the same rules as `src/markaz/scripts/progress.py`, so that the desk answers
 * at once. A conversation is a list of events; a step that the script does not allow is not offered.
 */

export type FieldKind = "text" | "number" | "date" | "telephone" | "email" | "yes_no" | "one_of";
export type Deviation = "own_words" | "any_order" | "skip_sentences" | "skip_fields";

export interface Say {
  type: "say";
  text: string;
  next: string;
  required?: boolean;
}
export interface Ask {
  type: "ask";
  text: string;
  field: string;
  next: string;
  kind?: FieldKind;
  options?: string[];
  required?: boolean;
}
export interface Choose {
  type: "choose";
  text: string;
  options: Record<string, string>;
}
export interface End {
  type: "end";
  text?: string | null;
  disposition?: string | null;
}
export type Step = Say | Ask | Choose | End;

export interface Script {
  id: string;
  name: string;
  start: string;
  steps: Record<string, Step>;
  language?: string;
}

export type SaidHow = "written" | "own_words" | "skipped";
export type ScriptEvent =
  | { type: "said"; step: string; how?: SaidHow }
  | { type: "answered"; step: string; value: string | null }
  | { type: "chose"; step: string; option: string }
  | { type: "went"; step: string };

export interface Progress {
  /** The steps entered, in order; the last one is at hand. */
  way: readonly string[];
  answers: Readonly<Record<string, string>>;
  said: Readonly<Record<string, SaidHow>>;
}

export function begin(script: Script): Progress {
  return { way: [script.start], answers: {}, said: {} };
}

export function stepAtHand(progress: Progress): string {
  return progress.way.at(-1) ?? "";
}

/** The progress after `event`, or null when the script, or what the project allows, does not have it. */
export function advance(script: Script, progress: Progress, event: ScriptEvent, allowed: readonly Deviation[]): Progress | null {
  if (event.type === "went") return gone(script, progress, event.step, allowed);
  const step = script.steps[event.step];
  if (event.step !== stepAtHand(progress) || step === undefined) return null;
  if (step.type === "say" && event.type === "said") return said(progress, event.step, step, event.how ?? "written", allowed);
  if (step.type === "ask" && event.type === "answered") return answered(progress, step, event.value, allowed);
  if (step.type === "choose" && event.type === "chose") {
    const next = step.options[event.option];
    return next === undefined ? null : entered(progress, next);
  }
  return null;
}

/** The progress after all `events`; those that the script (a newer version, perhaps) does not allow are left out. */
export function follow(script: Script, events: readonly ScriptEvent[], allowed: readonly Deviation[]): Progress {
  return events.reduce((progress, event) => advance(script, progress, event, allowed) ?? progress, begin(script));
}

export interface Required {
  step: string;
  text: string;
  done: boolean;
}

/** The sentences that must be said on the way taken and on every way ahead, in the script's order, and which were. */
export function requiredSentences(script: Script, progress: Progress, allowed: readonly Deviation[]): Required[] {
  const passed = new Set(progress.way);
  return Object.entries(script.steps).flatMap(([name, step]) => {
    if (step.type !== "say" || step.required !== true) return [];
    if (!passed.has(name) && leads(script, stepAtHand(progress), name)) return [];
    const how = progress.said[name];
    return [{ step: name, text: step.text, done: how === "written" || (how === "own_words" && allowed.includes("own_words")) }];
  });
}

/** Whether an end can be reached from `from` without `without`. */
function leads(script: Script, from: string, without: string): boolean {
  const found = new Set<string>();
  const ahead = [from];
  for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
    const step = script.steps[name];
    if (name === without || found.has(name) || step === undefined) continue;
    if (step.type === "end") return true;
    found.add(name);
    ahead.push(...nextSteps(step));
  }
  return false;
}

export function nextSteps(step: Step): string[] {
  switch (step.type) {
    case "say":
    case "ask":
      return [step.next];
    case "choose":
      return Object.values(step.options);
    case "end":
      return [];
  }
}

/** `text` with its variables replaced; one without a value is left out. The result is text, never markup. */
export function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{([^{}]*)\}/g, (_whole, name: string) => values[name] ?? "");
}

const ANSWER_CHARACTERS_MAX = 2_000;
const SHAPES: Partial<Record<FieldKind, RegExp>> = {
  number: /^[+-]?[0-9]+(\.[0-9]+)?$/,
  telephone: /^\+?[0-9]{2,20}$/,
  email: /^[^@\s]+@[^@\s]+\.[^@\s]+$/,
  date: /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/,
  yes_no: /^(yes|no)$/,
};

/** Whether `value` is an answer to `step`; an empty one is where none is required. */
export function fits(step: Ask, value: string): boolean {
  if (value === "") return step.required !== true;
  if (value.length > ANSWER_CHARACTERS_MAX) return false;
  const kind = step.kind ?? "text";
  if (kind === "one_of") return (step.options ?? []).includes(value);
  if (kind === "date" && !isDay(value)) return false;
  return SHAPES[kind]?.test(value) ?? true;
}

function isDay(value: string): boolean {
  const day = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value);
}

function entered(progress: Progress, step: string): Progress {
  return { ...progress, way: [...progress.way, step] };
}

function said(progress: Progress, name: string, step: Say, how: SaidHow, allowed: readonly Deviation[]): Progress | null {
  if (step.required === true && how !== "written" && !allowed.includes(how === "own_words" ? "own_words" : "skip_sentences")) {
    return null;
  }
  return entered({ ...progress, said: { ...progress.said, [name]: how } }, step.next);
}

function answered(progress: Progress, step: Ask, value: string | null, allowed: readonly Deviation[]): Progress | null {
  const answers = Object.fromEntries(Object.entries(progress.answers).filter(([field]) => field !== step.field));
  if (value === null || value === "") {
    if (step.required === true && !allowed.includes("skip_fields")) return null;
    return entered({ ...progress, answers }, step.next);
  }
  return fits(step, value) ? entered({ ...progress, answers: { ...answers, [step.field]: value } }, step.next) : null;
}

function gone(script: Script, progress: Progress, step: string, allowed: readonly Deviation[]): Progress | null {
  if (script.steps[step] === undefined) return null;
  if (progress.way.includes(step) || allowed.includes("any_order")) return entered(progress, step);
  return null;
}
