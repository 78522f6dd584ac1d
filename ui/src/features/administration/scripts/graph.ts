/** Changing the graph of a script: steps in the order in which they are reached, named, linked, removed. Pure. */

import type { Entry } from "../contract";

export const KINDS = ["say", "ask", "choose", "end"] as const;
export type Kind = (typeof KINDS)[number];
export const FIELD_KINDS = ["text", "number", "date", "telephone", "email", "yes_no", "one_of"] as const;
export type FieldKind = (typeof FIELD_KINDS)[number];
export const VARIABLES = ["customer", "customer_name", "agent", "queue", "project", "client", "centre", "number"] as const;

export interface Say { type: "say"; text: string; next: string; required?: boolean }
export interface Ask { type: "ask"; text: string; field: string; next: string; kind?: FieldKind; options?: string[]; required?: boolean }
export interface Choose { type: "choose"; text: string; options: Record<string, string> }
export interface End { type: "end"; text?: string | null; disposition?: string | null }
export type Step = Say | Ask | Choose | End;

export interface Script {
  id: string;
  name: string;
  start: string;
  language?: string;
  steps: Record<string, Step>;
}

/** A script with one sentence, from which a new one begins. */
export function begun(id: string, language: string): Script {
  return { id, name: "", start: "hello", language, steps: { hello: { type: "say", text: "", next: "end", required: true }, end: { type: "end" } } };
}

export function scriptOf(entry: Entry): Script {
  return entry as unknown as Script;
}

export function entryOf(script: Script): Entry {
  return script as unknown as Entry;
}

/** Where a step may lead, in order. */
export function waysOf(step: Step): string[] {
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

/** Names of steps in the order in which an agent comes to them, each branch whole; then those nothing leads to. */
export function inOrder(script: Script): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  const visit = (name: string): void => {
    const step = script.steps[name];
    if (step === undefined || seen.has(name)) return;
    seen.add(name);
    found.push(name);
    for (const next of waysOf(step)) visit(next);
  };
  visit(script.start);
  return [...found, ...Object.keys(script.steps).filter((name) => !seen.has(name))];
}

/** How deep within branches each step stands: a step after a choice stands deeper; where ways meet, the least. */
export function depths(script: Script): Map<string, number> {
  const found = new Map<string, number>();
  let ahead: [string, number][] = [[script.start, 0]];
  while (ahead.length > 0) {
    const following: [string, number][] = [];
    for (const [name, depth] of ahead) {
      const step = script.steps[name];
      const before = found.get(name);
      if (step === undefined || (before !== undefined && before <= depth)) continue;
      found.set(name, depth);
      for (const next of waysOf(step)) following.push([next, depth + (step.type === "choose" ? 1 : 0)]);
    }
    ahead = following;
  }
  return found;
}

function freeName(script: Script, stem: string): string {
  let name = stem;
  for (let n = 2; script.steps[name] !== undefined; n += 1) name = `${stem}-${n}`;
  return name;
}

function empty(kind: Kind, next: string): Step {
  switch (kind) {
    case "say":
      return { type: "say", text: "", next };
    case "ask":
      return { type: "ask", text: "", field: "", next };
    case "choose":
      return { type: "choose", text: "", options: { "1": next } };
    case "end":
      return { type: "end" };
  }
}

/** A new step after `after`, which leads to it now; it leads on to where `after` led. Its name comes with it. */
export function added(script: Script, kind: Kind, after: string | null): [Script, string] {
  const name = freeName(script, kind);
  const before = after === null ? undefined : script.steps[after];
  const next = before === undefined || before.type === "end" ? "" : (waysOf(before)[0] ?? "");
  const steps = { ...script.steps, [name]: empty(kind, next) };
  if (after !== null && before !== undefined && (before.type === "say" || before.type === "ask")) steps[after] = { ...before, next: name };
  return [{ ...script, steps }, name];
}

export function changed(script: Script, name: string, step: Step): Script {
  return { ...script, steps: { ...script.steps, [name]: step } };
}

/** Whatever led to `from` leads to `to`. */
function redirected(step: Step, from: string, to: string): Step {
  switch (step.type) {
    case "say":
    case "ask":
      return step.next === from ? { ...step, next: to } : step;
    case "choose":
      return { ...step, options: Object.fromEntries(Object.entries(step.options).map(([option, next]) => [option, next === from ? to : next])) };
    case "end":
      return step;
  }
}

/** The script without a step; what led to it leads to where it led. */
export function removed(script: Script, name: string): Script {
  const step = script.steps[name];
  const next = step === undefined ? "" : (waysOf(step).find((one) => one !== name) ?? "");
  const rest = Object.entries(script.steps).filter(([one]) => one !== name);
  const steps = Object.fromEntries(rest.map(([one, other]) => [one, redirected(other, name, next)]));
  return { ...script, start: script.start === name ? next : script.start, steps };
}

/** The script with a step called otherwise, everywhere; as it was where the name is taken or empty. */
export function renamed(script: Script, name: string, to: string): Script {
  if (to === "" || to === name || script.steps[to] !== undefined) return script;
  const steps = Object.fromEntries(Object.entries(script.steps).map(([one, step]) => [one === name ? to : one, redirected(step, name, to)]));
  return { ...script, start: script.start === name ? to : script.start, steps };
}

/** A step of another kind with what both kinds have. */
export function asKind(step: Step, kind: Kind): Step {
  if (step.type === kind) return step;
  const made = empty(kind, waysOf(step)[0] ?? "");
  return step.text == null || step.text === "" ? made : { ...made, text: step.text };
}

const BRACED = /\{([^{}]*)\}/g;

/** A text in pieces: what is said as it stands, and variables. */
export function pieces(text: string): { text: string; variable: boolean }[] {
  const found: { text: string; variable: boolean }[] = [];
  let last = 0;
  for (const match of text.matchAll(BRACED)) {
    if (match.index > last) found.push({ text: text.slice(last, match.index), variable: false });
    found.push({ text: match[1] ?? "", variable: true });
    last = match.index + match[0].length;
  }
  if (last < text.length) found.push({ text: text.slice(last), variable: false });
  return found;
}

/** Fields that the script asks for: variables of what is said after. */
export function fieldsOf(script: Script): string[] {
  const asked = Object.values(script.steps).flatMap((step) => (step.type === "ask" && step.field !== "" ? [step.field] : []));
  return [...new Set(asked)];
}
