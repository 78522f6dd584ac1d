/** What the desk asks of the server. */

import { useQuery } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import { RequestFailed } from "../../api/problems";
import type { Credentials } from "../../phone/types";
import type { Decision } from "./reason";
import type { Deviation, Script } from "./script";

export interface Named {
  id: string;
  name: string;
}

export interface Disposition {
  id: string;
  project?: string;
  label: string;
  needs_note?: boolean;
  needs_next_action?: boolean;
}

export interface ProjectScript {
  /** Null where the project has none. */
  script: Script | null;
  version: number | null;
  deviations: Deviation[];
  dispositions: Disposition[];
}

export interface ContactLine {
  contact: string;
  arrived_at: string;
  channel: string;
  state: string;
  queue: string | null;
  project: string;
  customer: string;
  outcome: string | null;
  callback_promised: boolean;
}

export interface ContactStory extends ContactLine {
  explanation: { at: string; kind: string; text: string; decision?: Decision | null }[];
  notes: { id: string; kind: "note" | "next_action"; written_at: string; written_by: string; text: string }[];
}

export interface Target {
  kind: "agent" | "queue" | "number";
  target: string;
}

const me = (agent: string) => ({ params: { path: { agent } } });
const of = encodeURIComponent;

/** The commands of one agent's desk. Each resolves when the command is stored; what came of it is in the live state. */
export function commandsOf(agent: string) {
  const on = `/api/agents/${of(agent)}`;
  return {
    startShift: () => ask<Credentials>("POST", `${on}/sign-in`, { phone: "browser" }),
    endShift: () => api.POST("/api/agents/{agent}/sign-out", me(agent)),
    ready: () => api.POST("/api/agents/{agent}/ready", me(agent)),
    notReady: (reason: string) => api.POST("/api/agents/{agent}/not-ready", { ...me(agent), body: { reason } }),
    wrapUp: (contact: string, disposition: string | null) =>
      api.POST("/api/agents/{agent}/wrap-up", { ...me(agent), body: { contact, ...(disposition === null ? {} : { disposition }) } }),
    transfer: (contact: string, to: Target) => ask("POST", `${on}/transfer`, { contact, ...to }),
    consult: (contact: string, to: Target) => ask("POST", `${on}/consult`, { contact, ...to }),
    cancelConsult: (contact: string) => api.POST("/api/agents/{agent}/consult/cancel", { ...me(agent), body: { contact } }),
    completeTransfer: (contact: string) => api.POST("/api/agents/{agent}/transfer/complete", { ...me(agent), body: { contact } }),
    conference: (contact: string) => api.POST("/api/agents/{agent}/conference", { ...me(agent), body: { contact } }),
    releaseParty: (contact: string) => api.POST("/api/agents/{agent}/party/release", { ...me(agent), body: { contact } }),
    pauseRecording: (contact: string) => api.POST("/api/agents/{agent}/recording/pause", { ...me(agent), body: { contact } }),
    resumeRecording: (contact: string) => api.POST("/api/agents/{agent}/recording/resume", { ...me(agent), body: { contact } }),
    testPhone: () => ask("POST", `${on}/phone/test`),
    phoneReturned: (contact: string | null) => ask("POST", `${on}/phone/returned`, contact === null ? {} : { contact }),
  };
}
export type Commands = ReturnType<typeof commandsOf>;

/** `key`: however often it is sent, it is one note. */
export async function addNote(contact: string, text: string, key: string): Promise<void> {
  await ask("POST", `/api/contacts/${of(contact)}/notes`, { text }, key);
}

/** `key`: however often it is sent, it is one promise. */
export async function promiseCallback(contact: string, when: { at: string; number: string }, note: string, key: string): Promise<void> {
  await ask("POST", `/api/contacts/${of(contact)}/callback`, { ...when, ...(note === "" ? {} : { note }) }, key);
}

/** Names of what the live state knows by ids. */
export function useNames(section: "queues" | "projects" | "agents" | "not_ready_reasons") {
  return useQuery({
    queryKey: ["organisation", section],
    queryFn: async () => {
      const { entries } = await ask<{ entries: { id: string; name?: string; label?: string }[] }>("GET", `/api/organisation/${section}`);
      return entries.map(({ id, name, label }): Named => ({ id, name: name ?? label ?? id }));
    },
    staleTime: 5 * 60_000,
  });
}

/** The script that agents of `project` follow, in the version that the contact began with, and the project's results. */
export function useScript(project: string | null, began: { id: string; version: number } | null) {
  return useQuery({
    queryKey: ["script", project, began?.id, began?.version],
    queryFn: () => scriptOf(project ?? "", began),
    enabled: project !== null,
    staleTime: began === null ? 60_000 : Infinity,
  });
}

async function scriptOf(project: string, began: { id: string; version: number } | null): Promise<ProjectScript> {
  const version = began === null ? "" : `?version=${began.version}&script=${of(began.id)}`;
  try {
    return await ask<ProjectScript>("GET", `/api/scripts/${of(project)}${version}`);
  } catch (error) {
    if (!(error instanceof RequestFailed) || error.code !== "script_unknown") throw error;
    const { entries } = await ask<{ entries: Disposition[] }>("GET", "/api/organisation/dispositions");
    return { script: null, version: null, deviations: [], dispositions: entries.filter((one) => one.project === project) };
  }
}

const UNTOLD_MAX = 10;

/** `agent`: whose desk waits for what the record says of the contact's way to them, which may be told a moment late. */
export function useContact(contact: string | null, agent: string | null = null) {
  return useQuery({
    queryKey: ["contact", contact],
    queryFn: () => ask<ContactStory>("GET", `/api/contacts/${of(contact ?? "")}`),
    enabled: contact !== null,
    staleTime: 5_000,
    // The record of a contact is a moment behind the floor, and whoever looks at it may look at another page meanwhile.
    refetchInterval: ({ state }) => {
      if (state.error instanceof RequestFailed && state.error.status === 404) return 2_000;
      const isUntold = agent !== null && state.data?.explanation.every((line) => line.decision?.agent !== agent) === true;
      return isUntold && state.dataUpdateCount < UNTOLD_MAX ? 1_000 : false;
    },
    refetchIntervalInBackground: true,
  });
}

/** What there was with `customer`, as it stands when the contact `now` comes: who rings again was here a moment ago. */
export function useHistory(customer: string | null, now: string) {
  return useQuery({
    queryKey: ["history", customer, now],
    queryFn: async () => (await ask<{ contacts: ContactLine[] }>("GET", `/api/contacts?customer_whole=${of(customer ?? "")}`)).contacts,
    enabled: customer !== null,
  });
}

/** The address in the client's own system that belongs to a contact, or null where the project has none. */
export function useScreenPop(project: string | null, contact: string): string | null {
  const { data } = useQuery({
    queryKey: ["screen-pop", project, contact],
    queryFn: () => ask<{ url: string | null }>("POST", `/api/projects/${of(project ?? "")}/screen-pop`, { contact }),
    enabled: project !== null,
    staleTime: Infinity,
    retry: false,
  });
  const url = data?.url ?? null;
  return url !== null && /^https?:\/\//.test(url) ? url : null; // never `javascript:`, whoever wrote the template
}

export interface Day {
  conversations: number;
  talk_seconds: number;
  hold_seconds: number;
  wrap_up_seconds: number;
  ready_seconds: number;
  not_ready_seconds: number;
}

/** The agent's own figures since midnight, by this device's clock. */
export function useDay(agent: string) {
  const now = new Date();
  const since = new Date(now.getFullYear(), now.getMonth(), now.getDate()).toISOString();
  return useQuery({
    queryKey: ["day", agent, since],
    queryFn: () => ask<Day>("GET", `/api/agents/${of(agent)}/day?since=${of(since)}`),
    refetchInterval: 60_000,
  });
}
