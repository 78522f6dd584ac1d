/** A contact's story as one line of time: what it was in, who came, why, what was written. Pure. */

import type { components } from "../../api/schema";

export type Whole = components["schemas"]["WholeContact"];
type Decision = NonNullable<components["schemas"]["Line"]["decision"]>;

export type Moment =
  | { at: string; kind: "state"; state: string; queue: string | null; agent: string | null; seconds: number | null }
  | { at: string; kind: "visit"; queue: string; seconds: number | null; ended: string | null }
  | { at: string; kind: "decision"; decision: Decision }
  | { at: string; kind: "wrap_up"; agent: string | null; seconds: number | null; disposition: string | null }
  | { at: string; kind: "note"; text: string; next: boolean; by: string | null }
  | { at: string; kind: "closed"; outcome: string | null };

/** What a visit to a queue, a decision and the end tell better. */
const TOLD_ELSEWHERE = new Set(["waiting", "connecting", "closed"]);

const secondsOf = (from: string, to: string | null | undefined) => (to == null ? null : (Date.parse(to) - Date.parse(from)) / 1000);

export function storyOf(contact: Whole): Moment[] {
  const moments: Moment[] = [
    ...contact.segments.filter(({ state }) => !TOLD_ELSEWHERE.has(state)).map((one): Moment => (
      { at: one.began_at, kind: "state", state: one.state, queue: one.queue ?? null, agent: one.agent ?? null, seconds: secondsOf(one.began_at, one.ended_at) }
    )),
    ...contact.queue_visits.map((one): Moment => ({ at: one.entered_at, kind: "visit", queue: one.queue, seconds: one.wait_seconds ?? null, ended: one.ended ?? null })),
    ...contact.explanation.flatMap(({ at, decision }): Moment[] => (decision == null ? [] : [{ at, kind: "decision", decision }])),
    ...contact.engagements.flatMap((one): Moment[] => (
      one.wrap_up_at == null ? [] : [{ at: one.wrap_up_at, kind: "wrap_up", agent: one.agent ?? null, seconds: secondsOf(one.wrap_up_at, one.ended_at), disposition: one.disposition ?? null }]
    )),
    ...contact.notes.map((one): Moment => ({ at: one.written_at, kind: "note", text: one.text, next: one.kind === "next_action", by: one.written_by ?? null })),
    ...(contact.closed_at == null ? [] : [{ at: contact.closed_at, kind: "closed" as const, outcome: contact.outcome ?? null }]),
  ];
  // Those of one instant stay in the order above: a decision comes after the wait that it ended.
  return moments.map((moment, n) => ({ moment, n })).sort((one, other) => Date.parse(one.moment.at) - Date.parse(other.moment.at) || one.n - other.n).map(({ moment }) => moment);
}

/** What was typed into the form: plain values, and the answers of the script's questions. */
export function typedOf(form: Whole["form"]): [string, string][] {
  const plain = Object.entries(form?.values ?? {}).flatMap(([name, value]): [string, string][] => (isPlain(value) ? [[name, String(value)]] : []));
  const events: unknown = form?.values["events"];
  const answers = Array.isArray(events) ? events.flatMap((event: unknown): [string, string][] => answerOf(event)) : [];
  return [...plain, ...answers];
}

const isPlain = (value: unknown) => typeof value === "string" || typeof value === "number" || typeof value === "boolean";

function answerOf(event: unknown): [string, string][] {
  if (typeof event !== "object" || event === null) return [];
  const { type, step, value, option } = event as Record<string, unknown>;
  const answer = type === "answered" ? value : type === "chose" ? option : undefined;
  return typeof step === "string" && isPlain(answer) ? [[step, String(answer)]] : [];
}

/** The words for why a contact went to an agent, told to somebody else than that agent. */
export function whyKey({ by, rule }: Pick<Decision, "by" | "rule">): "only_agent" | "freed" | "least_occupied" | "longest_idle" {
  if (rule === "only_agent") return "only_agent";
  if (by === "agent") return "freed";
  return rule === "least_occupied" ? "least_occupied" : "longest_idle";
}
