/** The day of a client's projects out of the live state and the names of things: sums, and the one sentence. Pure. */

import type { components } from "../../api/schema";
import type { ContactValue, FloorValue, LiveFigures, QueueValue, Values } from "../../live/values";
import type { MessageId } from "../../messages";

export type TodayTold = components["schemas"]["Today"];
export type Happened = components["schemas"]["Happened"];

/** Below this share of a quarter of an hour's contacts answered in time, something is the matter. */
export const SERVICE_LEVEL_MIN = 0.8;
const MILLISECONDS = 1_000;

export interface QueueNow {
  id: string;
  name: string;
  project: string;
  target_seconds: number;
  value: QueueValue;
}

export interface Day {
  queues: QueueNow[];
  waiting: number;
  /** When whoever waits longest began to; null when nobody waits. */
  waitingSince: string | null;
  inHand: number;
  today: LiveFigures;
  recent: LiveFigures;
}

/** What is said, and whether it is a reason to look closer. */
export interface Sentence {
  id: MessageId;
  values: Record<string, string | number>;
  tone: "fine" | "look" | "alarm";
}

const IN_HAND = new Set(["connecting", "in_conversation", "on_hold"]);

/** The queues that are known and live, with the sums over them; a client's live state has its own alone. */
export function dayOf(told: TodayTold, values: Values, project: string | null): Day {
  const queues = told.queues
    .filter((queue) => project === null || queue.project === project)
    .flatMap((queue) => {
      const value = values[`queues/${queue.id}`] as QueueValue | undefined;
      return value === undefined ? [] : [{ ...queue, value }];
    });
  const since = queues.flatMap(({ value }) => (value.waiting_since === null ? [] : [value.waiting_since])).sort();
  const projects = new Set(told.projects.filter(({ id }) => project === null || id === project).map(({ id }) => id));
  const inHand = Object.entries(values).filter(([key, value]) =>
    key.startsWith("contacts/") && projects.has((value as ContactValue).project) && IN_HAND.has((value as ContactValue).state)).length;
  return {
    queues, inHand, waiting: queues.reduce((sum, { value }) => sum + value.waiting, 0), waitingSince: since[0] ?? null,
    today: sumOf(queues.map(({ value }) => value.today)), recent: sumOf(queues.map(({ value }) => value.recent)),
  };
}

/** Figures of several queues together; a service level is that of all their contacts, not a mean of means. */
export function sumOf(figures: readonly LiveFigures[]): LiveFigures {
  const sum = (of: (one: LiveFigures) => number) => figures.reduce((total, one) => total + of(one), 0);
  const [offered, answered, inTime] = [sum((one) => one.offered), sum((one) => one.answered), sum((one) => one.answered_in_time)];
  const waited = sum((one) => (one.answer_mean_seconds ?? 0) * one.answered);
  return {
    offered, answered, answered_in_time: inTime, abandoned: sum((one) => one.abandoned),
    service_level: offered === 0 ? null : inTime / offered, answer_mean_seconds: answered === 0 ? null : waited / answered,
  };
}

/** How long whoever waits longest in a queue has waited at `now` (milliseconds since 1970), in seconds. */
export function longestSeconds(value: QueueValue, now: number): number {
  return value.waiting_since === null ? 0 : Math.max(0, (now - Date.parse(value.waiting_since)) / MILLISECONDS);
}

/**
 * Is it fine? The worst that is so now, in one sentence: telephony away, a project that stands still, somebody who waits
 * beyond the queue's target, a bad quarter of an hour; else how the day has gone.
 */
export function sentenceOf(day: Day, floor: FloorValue | null, nameOf: (project: string) => string, now: number): Sentence {
  if (floor !== null && (floor.silent || floor.telephony === "away")) return { id: "today.sentence.away", values: {}, tone: "alarm" };
  const paused = day.queues.find(({ value }) => value.paused);
  if (paused !== undefined) {
    return paused.value.pause_reason === null || paused.value.pause_reason === ""
      ? { id: "today.sentence.paused", values: { project: nameOf(paused.project) }, tone: "look" }
      : { id: "today.sentence.paused.why", values: { project: nameOf(paused.project), reason: paused.value.pause_reason }, tone: "look" };
  }
  const late = worstWait(day.queues, now);
  if (late !== null) {
    return {
      id: "today.sentence.waiting", tone: "alarm",
      values: { count: late.value.waiting, queue: late.name, longest: longestSeconds(late.value, now), target: late.target_seconds },
    };
  }
  const recently = shareInTime(day.recent);
  if (recently !== null && recently < SERVICE_LEVEL_MIN) return { id: "today.sentence.fell", values: { share: recently }, tone: "look" };
  if (day.waiting > 0) return { id: "today.sentence.short", values: { count: day.waiting }, tone: "fine" };
  const share = shareInTime(day.today);
  if (share === null) return { id: "today.sentence.nobody", values: {}, tone: "fine" };
  if (share === 1) return { id: "today.sentence.all", values: { count: day.today.answered }, tone: "fine" };
  return { id: "today.sentence.quiet", values: { share }, tone: "fine" };
}

/**
 * The share of those whose wait is over that were answered in time; null when it is over for nobody. Unlike the service
 * level it does not count against the centre who has only just begun to wait.
 */
function shareInTime(figures: LiveFigures): number | null {
  const decided = figures.answered + figures.abandoned;
  return decided === 0 ? null : figures.answered_in_time / decided;
}

/** The queue whose longest wait is beyond its target by the most times; null when none is. */
function worstWait(queues: readonly QueueNow[], now: number): QueueNow | null {
  const times = ({ value, target_seconds }: QueueNow) => longestSeconds(value, now) / Math.max(1, target_seconds);
  const late = queues.filter((queue) => longestSeconds(queue.value, now) > queue.target_seconds);
  return late.length === 0 ? null : late.reduce((worst, queue) => (times(queue) > times(worst) ? queue : worst));
}

/** The contacts behind a figure. */
export function contactsBehind(asked: { project: string | null; queue?: string; from?: string; outcome?: string }): string {
  const query = new URLSearchParams(Object.entries(asked).flatMap(([name, value]) => (value == null ? [] : [[name, value]])));
  return `/contacts?${query.toString()}`;
}
