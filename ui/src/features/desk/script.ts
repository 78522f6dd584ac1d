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
  | { type: "answered"; step: string; value?: string | null }
  | { type: "chose"; step: string; option: string }
  | { type: "went"; step: string };

export interface Progress {
  /** The steps entered, in order; the last one is at hand. */
  way: readonly string[];
  answers: Readonly<Record<string, string>>;
  said: Readonly<Record<string, SaidHow>>;
  /** What was done that a project has to allow, once each, in the order in which it came. */
  deviations: readonly Deviation[];
}

const EVENTS_MAX = 2_000;

export function begin(script: Script): Progress {
  return { way: [script.start], answers: {}, said: {}, deviations: [] };
}

export function stepAtHand(progress: Progress): string {
  return progress.way.at(-1) ?? "";
}

/** The progress after `event`, or null when the script, or what the project allows, does not have it. */
export function advance(script: Script, progress: Progress, event: ScriptEvent, allowed: readonly Deviation[]): Progress | null {
  if (progress.way.length > EVENTS_MAX) return null;
  if (event.type === "went") return gone(script, progress, event.step, allowed);
  const step = own(script.steps, event.step);
  if (event.step !== stepAtHand(progress) || step === undefined) return null;
  if (step.type === "say" && event.type === "said") return said(progress, event.step, step, event.how ?? "written", allowed);
  if (step.type === "ask" && event.type === "answered") return answered(progress, step, event.value ?? "", allowed);
  if (step.type === "choose" && event.type === "chose") {
    const next = own(step.options, event.option);
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

/** A required sentence that was not said, or a required field that is empty. */
export interface Owed {
  step: string;
  what: "sentence" | "field";
}

/** What was required and is missing: on the way taken, and on every way to the step at hand; what is `allowed` not. */
export function owed(script: Script, progress: Progress, allowed: readonly Deviation[]): Owed[] {
  const passed = new Set(progress.way);
  const jumped = Object.keys(script.steps).filter((name) => !passed.has(name) && !reaches(script, stepAtHand(progress), name));
  return [...passed, ...jumped].flatMap((name): Owed[] => {
    const step = own(script.steps, name);
    if (step?.type === "say" && step.required === true && !allowed.includes("skip_sentences")) {
      return isSaid(progress, name, allowed) ? [] : [{ step: name, what: "sentence" }];
    }
    if (step?.type === "ask" && step.required === true && !allowed.includes("skip_fields")) {
      return (own(progress.answers, step.field) ?? "") === "" ? [{ step: name, what: "field" }] : [];
    }
    return [];
  });
}

function isSaid(progress: Progress, step: string, allowed: readonly Deviation[]): boolean {
  const how = own(progress.said, step);
  return how === "written" || (how === "own_words" && allowed.includes("own_words"));
}

/** The sentences that must be said on the way taken, those left out by a jump, and those on every way ahead; in the script's order. */
export function requiredSentences(script: Script, progress: Progress, allowed: readonly Deviation[]): Required[] {
  const passed = new Set(progress.way);
  return Object.entries(script.steps).flatMap(([name, step]) => {
    if (step.type !== "say" || step.required !== true) return [];
    const at = stepAtHand(progress);
    if (!passed.has(name) && leads(script, at, name) && reaches(script, at, name)) return [];
    return [{ step: name, text: step.text, done: isSaid(progress, name, allowed) }];
  });
}

/** Whether an end can be reached from `from` without `without`. */
function leads(script: Script, from: string, without: string): boolean {
  return [...found(script, from, without)].some((name) => script.steps[name]?.type === "end");
}

/** Whether `to` can be reached from the start without `without`. */
function reaches(script: Script, to: string, without: string): boolean {
  return found(script, script.start, without).has(to);
}

/** The steps that can be reached from `from` without going through `without`. */
function found(script: Script, from: string, without: string): Set<string> {
  const names = new Set<string>();
  const ahead = [from];
  for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
    const step = own(script.steps, name);
    if (name === without || names.has(name) || step === undefined) continue;
    names.add(name);
    ahead.push(...nextSteps(step));
  }
  return names;
}

/** What `of` has under `name` itself: names come from people, and "constructor" is one. */
function own<T>(of: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(of, name) ? of[name] : undefined;
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
  return text.replace(/\{([^{}]*)\}/g, (_whole, name: string) => own(values, name) ?? "");
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
  if (Array.from(value).length > ANSWER_CHARACTERS_MAX) return false;
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

/** The progress with `deviation` noted, or null where it is not allowed. */
function deviating(progress: Progress, deviation: Deviation, allowed: readonly Deviation[]): Progress | null {
  if (!allowed.includes(deviation)) return null;
  if (progress.deviations.includes(deviation)) return progress;
  return { ...progress, deviations: [...progress.deviations, deviation] };
}

function said(progress: Progress, name: string, step: Say, how: SaidHow, allowed: readonly Deviation[]): Progress | null {
  const isWide = step.required === true && how !== "written";
  const after = isWide ? deviating(progress, how === "own_words" ? "own_words" : "skip_sentences", allowed) : progress;
  return after && entered({ ...after, said: { ...after.said, [name]: how } }, step.next);
}

function answered(progress: Progress, step: Ask, value: string, allowed: readonly Deviation[]): Progress | null {
  const answers = Object.fromEntries(Object.entries(progress.answers).filter(([field]) => field !== step.field));
  if (value === "") {
    const after = step.required === true ? deviating(progress, "skip_fields", allowed) : progress;
    return after && entered({ ...after, answers }, step.next);
  }
  return fits(step, value) ? entered({ ...progress, answers: { ...answers, [step.field]: value } }, step.next) : null;
}

/** Back to a step of the way is always allowed: people correct themselves. */
function gone(script: Script, progress: Progress, step: string, allowed: readonly Deviation[]): Progress | null {
  if (own(script.steps, step) === undefined) return null;
  const after = progress.way.includes(step) ? progress : deviating(progress, "any_order", allowed);
  return after && entered(after, step);
}
