/** What the floor's pages ask of the server. Commands resolve when they are stored; what came of one is live. */

import { useQuery } from "@tanstack/react-query";
import { ask } from "../../api/client";
import type { AlarmValue } from "../../live/values";

const of = encodeURIComponent;
const REFRESH_MILLISECONDS = 30_000;

export type Mode = "listen" | "whisper" | "barge";

/** Commands with the phone of `supervisor`, an agent. */
export function supervision(supervisor: string) {
  const on = `/api/agents/${of(supervisor)}`;
  return {
    hear: (contact: string, mode: Mode) => ask("POST", `${on}/supervise`, { contact, mode }),
    leave: (contact: string) => ask("POST", `${on}/supervise/end`, { contact }),
    takeOver: (contact: string) => ask("POST", `${on}/take-over`, { contact }),
  };
}

export type ChosenState = { state: "ready" | "signed_out" } | { state: "not_ready"; reason: string };

const withNote = (note: string) => (note.trim() === "" ? {} : { note: note.trim() });

/** Change the state of somebody else, who reads the note. */
export function changeState(agent: string, to: ChosenState, note: string): Promise<unknown> {
  const on = `/api/agents/${of(agent)}`;
  switch (to.state) {
    case "ready":
      return ask("POST", `${on}/ready`, withNote(note));
    case "not_ready":
      return ask("POST", `${on}/not-ready`, { reason: to.reason, ...withNote(note) });
    case "signed_out":
      return ask("POST", `${on}/sign-out`, withNote(note));
  }
}

export function move(agent: string, queues: readonly string[], note = ""): Promise<unknown> {
  return ask("PUT", `/api/agents/${of(agent)}/queues`, { queues, ...withNote(note) });
}

export function moveBack(agent: string): Promise<unknown> {
  return ask("DELETE", `/api/agents/${of(agent)}/queues`);
}

export const WAYS = ["wait", "callback", "voicemail", "backup"] as const;
export type Way = (typeof WAYS)[number];

/** `meanwhile` null: as the project's own settings say. */
export function pause(project: string, reason: string, meanwhile: { prompt: string | null; to: Way } | null): Promise<unknown> {
  const chosen = meanwhile === null ? {} : { meanwhile: { to: meanwhile.to, ...(meanwhile.prompt === null ? {} : { prompt: meanwhile.prompt }) } };
  return ask("POST", `/api/projects/${of(project)}/pause`, { reason, ...chosen });
}

export function resume(project: string): Promise<unknown> {
  return ask("POST", `/api/projects/${of(project)}/resume`);
}

export function take(alarm: string): Promise<unknown> {
  return ask("POST", `/api/alarms/${of(alarm)}/take`);
}

export function giveBack(alarm: string): Promise<unknown> {
  return ask("POST", `/api/alarms/${of(alarm)}/give-back`);
}

export interface AlarmRule {
  kind: AlarmValue["kind"];
  limit: number | null;
  offered_min: number;
  after_seconds: number;
  clear_seconds: number;
  enabled: boolean;
}

export function useAlarmRules() {
  return useQuery({
    queryKey: ["floor", "alarm-rules"],
    queryFn: () => ask<AlarmRule[]>("GET", "/api/alarm-rules"),
    staleTime: 60_000,
  });
}

export function giveRule({ kind, ...rule }: AlarmRule): Promise<unknown> {
  return ask("PUT", `/api/alarm-rules/${of(kind)}`, rule);
}

export interface FiveMinutes {
  began_at: string;
  offered: number;
  answered: number;
  abandoned: number;
  service_level: number | null;
}

/** The last two hours of every queue. */
export function useSeries() {
  return useQuery({
    queryKey: ["floor", "series"],
    queryFn: () => ask<Record<string, FiveMinutes[]>>("GET", "/api/floor/series"),
    refetchInterval: REFRESH_MILLISECONDS,
  });
}

export function useZone(): string {
  const { data } = useQuery({
    queryKey: ["organisation", "centre"],
    queryFn: async () => (await ask<{ entries: { zone?: string }[] }>("GET", "/api/organisation/centre")).entries[0]?.zone ?? "UTC",
    staleTime: 5 * 60_000,
  });
  return data ?? "UTC";
}

export interface Prompt {
  id: string;
  text?: string;
}

export function usePrompts() {
  return useQuery({
    queryKey: ["organisation", "prompts", "heard"],
    queryFn: async () => (await ask<{ entries: Prompt[] }>("GET", "/api/organisation/prompts")).entries,
    staleTime: 60_000,
  });
}
