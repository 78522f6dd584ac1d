/** What somebody fills in to put a number live, and what is asked of the server for it. Pure. */

import type { FieldProblem } from "../../../api/problems";
import type { Document, NewNumber, NumberHours } from "../contract";
import type { Period } from "../entries/shown";
import { find } from "../entries/values";
import { latin } from "../entries/weekly";

export interface Draft {
  number: string;
  name: string;
  /** null: a new one. */
  project: string | null;
  isNewProject: boolean;
  client: string | null;
  isNewClient: boolean;
  clientName: string;
  language: string;
  greeting: string;
  isNewQueue: boolean;
  queue: string | null;
  agents: string[];
  lines: string[];
  hours: "always" | "calendar" | "new";
  calendar: string | null;
  zone: string;
  weekly: Period[];
  holidays: Record<string, string>;
  closed: string;
  /** Of a new queue. */
  isRecorded: boolean;
}

export const FIELDS = [
  "number", "name", "project", "client", "clientName", "greeting", "queue", "agents", "lines", "calendar", "zone", "weekly", "holidays", "closed",
] as const;
export type FormField = (typeof FIELDS)[number];
export type Wrong = Partial<Record<FormField, string>>;

const TELEPHONE = /^\+?[0-9]{2,20}$/;

/** A number as it is dialled: without spaces, brackets and hyphens, in Latin digits. */
export function dialled(typed: string): string {
  return latin(typed).replaceAll(/[\s()\-.\u200e\u200f]/g, "").replace(/^00/, "+");
}

/** Whether agents of the project have a script already, which the number's lines would not reach. */
export function hasScript(document: Document, draft: Draft): boolean {
  if (draft.isNewProject || draft.project === null) return false;
  return find(document, "projects", draft.project)?.["script"] !== undefined;
}

export type Problem = "needed" | "telephone" | "taken";

/** What is wrong with the draft before the server is asked. */
export function wrongWith(document: Document, draft: Draft): Partial<Record<FormField, Problem>> {
  const wrong: Partial<Record<FormField, Problem>> = {};
  const need = (field: FormField, has: boolean) => { if (!has) wrong[field] = "needed"; };
  const number = dialled(draft.number);
  if (number === "") wrong.number = "needed";
  else if (!TELEPHONE.test(number)) wrong.number = "telephone";
  else if (find(document, "numbers", number) !== undefined) wrong.number = "taken";
  need("name", draft.name.trim() !== "");
  need("greeting", draft.greeting.trim() !== "");
  if (!draft.isNewProject) need("project", draft.project !== null);
  else if (draft.isNewClient) need("clientName", draft.clientName.trim() !== "");
  else need("client", draft.client !== null);
  if (draft.isNewQueue) need("agents", draft.agents.length > 0);
  else need("queue", draft.queue !== null);
  if (draft.hours === "calendar") need("calendar", draft.calendar !== null);
  if (draft.hours === "new") need("weekly", draft.weekly.some((period) => period.days.length > 0));
  if (draft.hours !== "always") need("closed", draft.closed.trim() !== "");
  return wrong;
}

/** What the server is asked to make. */
export function asked(document: Document, draft: Draft): NewNumber {
  return {
    number: dialled(draft.number),
    name: draft.name.trim(),
    greeting: draft.greeting.trim(),
    language: draft.language,
    script: hasScript(document, draft) ? [] : draft.lines.map((line) => line.trim()).filter((line) => line !== ""),
    queue: draft.isNewQueue ? null : draft.queue,
    agents: draft.isNewQueue ? draft.agents : [],
    project: draft.isNewProject ? null : draft.project,
    client: draft.isNewProject && !draft.isNewClient ? draft.client : null,
    client_name: draft.isNewProject && draft.isNewClient ? draft.clientName.trim() : null,
    hours: hoursOf(draft),
    record: draft.isNewQueue ? draft.isRecorded : null,
  };
}

function hoursOf(draft: Draft): NumberHours | null {
  const closed = draft.closed.trim();
  if (draft.hours === "always") return null;
  if (draft.hours === "calendar") return { closed, calendar: draft.calendar };
  return { closed, zone: draft.zone, weekly: draft.weekly.filter((period) => period.days.length > 0), holidays: draft.holidays };
}

const PLACES: readonly [RegExp, FormField][] = [
  [/^numbers?\b/, "number"], [/^name\b/, "name"], [/^(greeting|prompts)\b/, "greeting"], [/^client_name\b/, "clientName"],
  [/^clients?\b/, "client"], [/^projects?\b/, "project"], [/^agents\b/, "agents"], [/^queues?\b/, "queue"], [/^scripts?\b/, "lines"],
  [/^(hours|calendars\.[^.]+)\.zone\b/, "zone"], [/^(hours|calendars\.[^.]+)\.holidays\b/, "holidays"], [/^hours\.calendar\b/, "calendar"],
  [/^hours\.closed\b/, "closed"], [/^(hours|calendars)\b/, "weekly"],
];

/** The server's problems at the fields of the form; "" holds what belongs to none. */
export function placed(problems: readonly FieldProblem[]): Wrong & { ""?: string } {
  const found: Wrong & { ""?: string } = {};
  for (const { where, problem } of problems) {
    const field = PLACES.find(([pattern]) => pattern.test(where))?.[1] ?? "";
    const text = field === "" ? `${where}: ${problem}` : problem;
    found[field] = found[field] === undefined ? text : `${found[field]} · ${text}`;
  }
  return found;
}
