/** What the server says of an organisation and how it is asked, until the generated client says it. */

import { api } from "../../api/client";
import type { FieldProblem } from "../../api/problems";
import type { Period } from "./entries/shown";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };

export const SECTIONS = [
  "clients", "projects", "numbers", "queues", "skills", "agents", "teams", "scripts", "dispositions", "not_ready_reasons",
  "calendars", "prompts", "flows", "trunks",
] as const;
export type Section = (typeof SECTIONS)[number];

/** An entry as the server writes it: what has its default value is left out. Numbers have `number` for an id. */
export type Entry = Readonly<Record<string, Json | undefined>>;

export type Document = { readonly version: number; readonly centre: { readonly id: string; readonly name: string } } & {
  readonly [section in Section]?: readonly Entry[];
};

export interface Edit {
  section: Section | "centre";
  id: string;
  entry: Entry | null;
}

export interface Edited {
  version: number;
  added: string[];
  changed: string[];
  retired: string[];
  dry_run: boolean;
}

export interface EntryChange {
  section: Section | "centre";
  id: string;
  before: Entry | null;
  after: Entry | null;
}

export interface Change {
  number: number;
  made_at: string;
  made_by: string;
  how: "apply" | "edit" | "import" | "new_number" | "sound" | "undo";
  undoes: number | null;
  undone_by: number | null;
  edits: EntryChange[];
  why_not_undone: string | null;
}

export interface Past {
  changes: Change[];
  next: number | null;
}

export interface NewNumber {
  number: string;
  name: string;
  greeting: string;
  language: string;
  script: string[];
  queue: string | null;
  agents: string[];
  project: string | null;
  client: string | null;
  client_name: string | null;
  hours: NumberHours | null;
  /** null: as the queue says. */
  record: boolean | null;
}

/** Hours that are there, or new ones, and what callers hear at other times. */
export type NumberHours = { closed: string } & (
  | { calendar: string | null }
  | { zone: string; weekly: Period[]; holidays: Record<string, string> }
);

export interface NumberMade extends Edited {
  number: string;
  project: string;
  queue: string;
  /** The prompt that greets. */
  greeting: string;
}

export interface Imported {
  rows: number;
  unchanged: number;
  edited: Edited;
}

export interface SheetProblem extends FieldProblem {
  line?: number | null;
  column?: string | null;
}

export const SHEETS = [
  "clients", "skills", "teams", "agents", "queues", "numbers", "dispositions", "not_ready_reasons", "holidays",
] as const;
export type Sheet = (typeof SHEETS)[number];

export interface User {
  id: string;
  name: string;
  email: string | null;
  roles: string[];
  client: string | null;
  agent: string | null;
  made_at: string;
  signed_in_at: string | null;
  disabled_at: string | null;
  has_password: boolean;
  has_second_factor: boolean;
}

export interface Invitation {
  id: string;
  email: string;
  name: string;
  roles: string[];
  client: string | null;
  agent: string | null;
  invited_by: string;
  made_at: string;
  expires_at: string;
}

export interface Key {
  id: string;
  name: string;
  scopes: string[];
  client: string | null;
  made_by: string | null;
  made_at: string;
  used_at: string | null;
  expires_at: string | null;
}

export interface AuditEntry {
  number: number;
  at: string;
  actor: string;
  actor_name: string;
  address: string;
  action: string;
  subject: string;
  client: string | null;
  details: Record<string, Json>;
  hash: string;
}

export interface AuditPage {
  entries: AuditEntry[];
  cursor: string | null;
}

export interface AuditCheck {
  is_whole: boolean;
  entries: number;
  total: number;
  broken_at: number | null;
  head: string | null;
  /** Of the part that follows. */
  next: string | null;
}

export const WEBHOOK_KINDS = [
  "contact.arrived", "contact.queued", "contact.offered", "contact.answered", "contact.closed", "callback.promised", "recording.ready",
  "feedback.given", "report.delivered", "request.asked", "request.promised", "request.answered", "request.escalated", "request.accepted",
  "request.reopened", "request.withdrawn", "request.commented",
] as const;

export interface Webhook {
  id: string;
  url: string;
  kinds: string[];
  project: string | null;
  made_at: string;
  secret_before_until: string | null;
}

export interface Delivery {
  id: number;
  fact: string;
  kind: string;
  state: "pending" | "delivered" | "failed";
  attempts: number;
  next_at: string | null;
  made_at: string;
  ended_at: string | null;
  body: Record<string, Json>;
  log: { n: number; at: string; status: number | null; problem: string | null; milliseconds: number }[];
}

/** What keys may open (docs/permissions.md). */
export const SCOPES = [
  "audit.read", "contacts.read", "desk.act", "figures.read", "floor.see", "organisation.edit", "organisation.read", "projects.pause",
  "recordings.play", "webhooks.manage",
] as const;

type Method = "get" | "post" | "put" | "patch" | "delete";
interface Given {
  body?: unknown;
  /** The body's type, where it is sent as it is and not as JSON. */
  type?: string;
  headers?: Record<string, string>;
  as?: "json" | "text" | "blob";
}
interface Untyped {
  request: (method: Method, path: string, init: object) => Promise<{ data?: unknown }>;
}

/** One request to a path that the generated client does not know yet. Throws `RequestFailed`. */
export async function request<T>(method: Method, path: string, given: Given = {}): Promise<T> {
  const untyped = api as unknown as Untyped;
  const headers = { ...(given.type === undefined ? {} : { "Content-Type": given.type }), ...given.headers };
  const { data } = await untyped.request(method, path, {
    headers,
    ...(given.body === undefined ? {} : { body: given.body }),
    ...(given.type === undefined ? {} : { bodySerializer: (body: unknown) => body as Blob | string }),
    parseAs: given.as ?? "json",
  });
  return data as T;
}
