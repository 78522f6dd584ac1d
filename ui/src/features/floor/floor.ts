/** The floor as a supervisor sees it, out of the live state. Pure. */

import { type AgentState, shownState } from "../../app/states";
import type { AgentValue, AlarmValue, LiveFigures, QueueValue, Values } from "../../live/values";

export interface QueueRow {
  id: string;
  queue: QueueValue;
}

export interface AgentCard {
  id: string;
  agent: AgentValue;
  state: AgentState;
}

export interface Floor {
  queues: readonly QueueRow[];
  agents: readonly AgentCard[];
}

/** The order in which agents stand: who is free first, who is away last. */
export const GROUPS = ["ready", "offered", "in_conversation", "wrapping_up", "not_ready", "signed_out"] as const satisfies readonly AgentState[];

/** Queues where somebody has waited longest come first, those where nobody waits by their ids. */
export function floorOf(values: Values): Floor {
  const queues: QueueRow[] = [];
  const agents: AgentCard[] = [];
  for (const [key, value] of Object.entries(values)) {
    const [kind, id] = [key.slice(0, key.indexOf("/")), key.slice(key.indexOf("/") + 1)];
    if (kind === "queues") queues.push({ id, queue: value as QueueValue });
    else if (kind === "agents") agents.push({ id, agent: value as AgentValue, state: shownState((value as AgentValue).state) });
  }
  queues.sort((one, other) => since(one) - since(other) || one.id.localeCompare(other.id));
  agents.sort((one, other) => one.agent.since.localeCompare(other.agent.since) || one.id.localeCompare(other.id));
  return { queues, agents };
}

function since({ queue }: QueueRow): number {
  return queue.waiting_since === null ? Infinity : Date.parse(queue.waiting_since);
}

export function grouped(agents: readonly AgentCard[]): { state: AgentState; cards: readonly AgentCard[] }[] {
  return GROUPS.map((state) => ({ state, cards: agents.filter((card) => card.state === state) })).filter(({ cards }) => cards.length > 0);
}

export interface AlarmRow {
  id: string;
  alarm: AlarmValue;
}

/** Alarms that nobody has taken over come first, the oldest before later ones. */
export function alarmsOf(values: Values): AlarmRow[] {
  const found = Object.entries(values)
    .filter(([key]) => key.startsWith("alarms/"))
    .map(([key, value]) => ({ id: key.slice("alarms/".length), alarm: value as AlarmValue }));
  return found.sort((one, other) =>
    Number(one.alarm.taken_by !== null) - Number(other.alarm.taken_by !== null) || one.alarm.risen_at.localeCompare(other.alarm.risen_at));
}

/** Figures of several queues as one. Means are weighed by how many were answered. */
export function added(figures: readonly LiveFigures[]): LiveFigures {
  const sum = (of: (one: LiveFigures) => number) => figures.reduce((total, one) => total + of(one), 0);
  const [offered, answered, inTime] = [sum((one) => one.offered), sum((one) => one.answered), sum((one) => one.answered_in_time)];
  return {
    offered, answered, answered_in_time: inTime, abandoned: sum((one) => one.abandoned),
    service_level: offered === 0 ? null : inTime / offered,
    answer_mean_seconds: answered === 0 ? null : sum((one) => (one.answer_mean_seconds ?? 0) * one.answered) / answered,
  };
}

export interface Whole {
  waiting: number;
  /** When the longest wait of all began. */
  waitingSince: string | null;
  recent: LiveFigures;
  today: LiveFigures;
  ready: number;
  talking: number;
}

export function wholeOf({ queues, agents }: Floor): Whole {
  const waits = queues.flatMap(({ queue }) => (queue.waiting_since === null ? [] : [queue.waiting_since])).sort();
  return {
    waiting: queues.reduce((total, { queue }) => total + queue.waiting, 0),
    waitingSince: waits[0] ?? null,
    recent: added(queues.map(({ queue }) => queue.recent)),
    today: added(queues.map(({ queue }) => queue.today)),
    ready: agents.filter(({ state }) => state === "ready").length,
    talking: agents.filter(({ state }) => state === "in_conversation").length,
  };
}

const RECENT_MINUTES = 14;
const MINUTE_MILLISECONDS = 60_000;

/** The beginning of the quarter of an hour that live figures count: the present minute and the fourteen before. */
export function recentFrom(now: number): string {
  return new Date((Math.floor(now / MINUTE_MILLISECONDS) - RECENT_MINUTES) * MINUTE_MILLISECONDS).toISOString();
}

/** The last midnight in a zone (an IANA name), to the minute; where clocks are turned at night, it is the day's beginning. */
export function midnightIn(zone: string, now: number): string {
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, dateStyle: "short", timeStyle: "short", hourCycle: "h23" });
  const day = (at: number) => clock.format(at).slice(0, 10);
  const today = day(now);
  // Half a minute is no part of any zone's day: the first minute of this date is searched by halves.
  let [before, within] = [Math.floor(now / MINUTE_MILLISECONDS) - 26 * 60, Math.floor(now / MINUTE_MILLISECONDS)];
  while (within - before > 1) {
    const middle = Math.floor((before + within) / 2);
    if (day(middle * MINUTE_MILLISECONDS) === today) within = middle;
    else before = middle;
  }
  return new Date(within * MINUTE_MILLISECONDS).toISOString();
}

/** The contacts behind a figure. */
export function contactsBehind(queue: string, from: string, outcome?: "answered" | "abandoned"): string {
  const asked = new URLSearchParams({ queue, from });
  if (outcome !== undefined) asked.set("outcome", outcome);
  return `/contacts?${asked.toString()}`;
}
