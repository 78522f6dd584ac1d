/** The sections of an organisation: what their entries consist of, as one table that lists and forms read. */

import {
  BookText, Building2, CalendarClock, CircleSlash2, FolderKanban, Hash, ListTree, type LucideIcon, Network, Sparkles, Tags,
  UserRound, UsersRound, Volume2, Waypoints,
} from "lucide-react";
import type { MessageId } from "../../../messages";
import type { Entry, Section } from "../contract";
import type { Path } from "./values";

interface Common {
  path: Path;
  label: MessageId;
  /** Said below the field. */
  hint?: MessageId;
  /** Whether the list shows it. */
  column?: boolean;
  /** Whether it is among those that are seldom changed. */
  seldom?: boolean;
}

export type Unit = "seconds" | "percent";

export type Field = Common &
  (
    | { kind: "text"; needed?: boolean; lines?: number; code?: boolean }
    | { kind: "whole"; otherwise: number | null; unit?: Unit; least?: number }
    | { kind: "flag"; otherwise: boolean }
    | { kind: "one_of"; options: readonly string[]; otherwise: string; says: OptionPrefix }
    | { kind: "several"; options: readonly string[]; says: OptionPrefix }
    | { kind: "entry"; section: Section; needed?: boolean }
    | { kind: "levels"; section: Section; most: number; says: "level" | "preference" }
    | { kind: "zone" }
    | { kind: "weekly" }
    | { kind: "holidays" }
    | { kind: "sound" }
    | { kind: "codes" }
    | { kind: "destination"; otherwise: Entry }
    | { kind: "overflow" }
    | { kind: "relaxation" }
    /** There or not: `begin` stands at its path when it is switched on, and its fields stand below. */
    | { kind: "optional"; begin: Entry; fields: readonly Field[] }
  );

export type OptionPrefix = "language_name" | "agent_choice" | "deviation" | "sticky_agent";

export interface SectionFacts {
  icon: LucideIcon;
  fields: readonly Field[];
  /** Nobody changes it here. */
  fixed?: boolean;
}

export const LANGUAGE_OPTIONS = ["en", "ru", "ar", "fa", "vi"] as const;
/** Every zone that the browser knows; UTC is not among those it names. */
export const ZONES = [...new Set([...Intl.supportedValuesOf("timeZone"), "UTC"])];
export const DEVIATIONS = ["own_words", "any_order", "skip_sentences", "skip_fields"] as const;

const NAME: Field = { kind: "text", path: ["name"], label: "field.name", needed: true, column: true };
const LABEL: Field = { kind: "text", path: ["label"], label: "field.label", needed: true, column: true };
const PROJECT: Field = { kind: "entry", section: "projects", path: ["project"], label: "field.project", needed: true, column: true };

function seconds(name: string, label: MessageId, otherwise: number | null, more: Partial<Common> = {}): Field {
  return { kind: "whole", path: [name], label, otherwise, unit: "seconds", ...more };
}

const ANNOUNCEMENT: readonly Field[] = [
  { kind: "whole", path: ["announcement", "first_seconds"], label: "field.first_seconds", otherwise: 20, unit: "seconds" },
  { kind: "whole", path: ["announcement", "every_seconds"], label: "field.every_seconds", otherwise: 45, unit: "seconds", least: 1 },
  { kind: "flag", path: ["announcement", "position"], label: "field.position", otherwise: true },
  { kind: "flag", path: ["announcement", "expected_wait"], label: "field.expected_wait", otherwise: true },
];
const STICKY: readonly Field[] = [
  { kind: "one_of", options: ["last", "named"], otherwise: "last", says: "sticky_agent", path: ["sticky", "agent"], label: "field.sticky_agent" },
  { kind: "whole", path: ["sticky", "within_seconds"], label: "field.within_seconds", otherwise: 604_800, unit: "seconds" },
  { kind: "whole", path: ["sticky", "wait_seconds"], label: "field.wait_seconds", otherwise: 20, unit: "seconds" },
];

/** Of the centre itself, of which there is one. */
export const CENTRE_FIELDS: readonly Field[] = [NAME, { kind: "zone", path: ["zone"], label: "field.zone", hint: "hint.centre_zone" }];

export const FACTS: Record<Section, SectionFacts> = {
  clients: { icon: Building2, fields: [NAME] },
  projects: {
    icon: FolderKanban,
    fields: [
      NAME,
      { kind: "entry", section: "clients", path: ["client"], label: "field.client", needed: true, column: true },
      { kind: "entry", section: "scripts", path: ["script"], label: "field.script", column: true },
      { kind: "several", options: LANGUAGE_OPTIONS, says: "language_name", path: ["languages"], label: "field.languages", column: true },
      { kind: "several", options: DEVIATIONS, says: "deviation", path: ["deviations"], label: "field.deviations", hint: "hint.deviations" },
      { kind: "text", path: ["screen_pop"], label: "field.screen_pop", hint: "hint.screen_pop", code: true },
      { kind: "entry", section: "queues", path: ["callback_queue"], label: "field.callback_queue", hint: "hint.callback_queue" },
      { kind: "entry", section: "flows", path: ["survey"], label: "field.survey", hint: "hint.survey" },
      { kind: "entry", section: "prompts", path: ["pause", "prompt"], label: "field.pause_prompt", seldom: true },
    ],
  },
  numbers: {
    icon: Hash,
    fields: [PROJECT, { kind: "entry", section: "flows", path: ["flow"], label: "field.flow", needed: true, column: true }],
  },
  queues: {
    icon: ListTree,
    fields: [
      NAME,
      PROJECT,
      { kind: "levels", section: "skills", most: 10, says: "level", path: ["skills"], label: "field.skills_needed", hint: "hint.skills_needed", column: true },
      seconds("target_seconds", "field.target_seconds", 20, { hint: "hint.target_seconds", column: true }),
      seconds("ring_seconds", "field.ring_seconds", 15, { column: true }),
      seconds("wrap_up_seconds_max", "field.wrap_up_seconds_max", 30, { column: true }),
      { kind: "overflow", path: ["overflow"], label: "field.overflow", hint: "hint.overflow" },
      { kind: "relaxation", path: ["relaxation"], label: "field.relaxation", hint: "hint.relaxation" },
      { kind: "optional", path: ["announcement"], label: "field.announcement", hint: "hint.announcement", begin: { first_seconds: 20, every_seconds: 45 }, fields: ANNOUNCEMENT },
      { kind: "optional", path: ["sticky"], label: "field.sticky", hint: "hint.sticky", begin: { agent: "last" }, fields: STICKY },
      { kind: "whole", path: ["waiting_max"], label: "field.waiting_max", otherwise: 1000, least: 1 },
      { kind: "destination", path: ["when_full"], label: "field.when_full", otherwise: { type: "disconnect" } },
      { kind: "flag", path: ["record"], label: "field.record", otherwise: true, column: true },
      { kind: "one_of", options: ["longest_idle", "least_occupied"], otherwise: "longest_idle", says: "agent_choice", path: ["agent_choice"], label: "field.agent_choice", seldom: true },
      { kind: "whole", path: ["priority"], label: "field.priority", hint: "hint.priority", otherwise: 0, seldom: true },
      seconds("priority_head_start_seconds", "field.priority_head_start_seconds", 120, { seldom: true }),
      { kind: "whole", path: ["penalty_weight"], label: "field.penalty_weight", hint: "hint.penalty_weight", otherwise: 100, unit: "percent", least: 1, seldom: true },
      seconds("conversation_seconds_max", "field.conversation_seconds_max", 7200, { seldom: true }),
      { kind: "whole", path: ["callback_attempts_max"], label: "field.callback_attempts_max", otherwise: 3, least: 1, seldom: true },
      seconds("callback_retry_seconds", "field.callback_retry_seconds", 300, { seldom: true }),
      { kind: "flag", path: ["callback_after_fault"], label: "field.callback_after_fault", otherwise: true, seldom: true },
      seconds("recording_pause_seconds_max", "field.recording_pause_seconds_max", 300, { seldom: true }),
    ],
  },
  skills: { icon: Sparkles, fields: [NAME] },
  agents: {
    icon: UserRound,
    fields: [
      NAME,
      { kind: "entry", section: "teams", path: ["team"], label: "field.team", column: true },
      { kind: "levels", section: "skills", most: 10, says: "level", path: ["skills"], label: "field.skills", hint: "hint.skills", column: true },
      { kind: "levels", section: "queues", most: 1000, says: "preference", path: ["queues"], label: "field.queues", hint: "hint.queues", column: true },
      { kind: "whole", path: ["capacity", "voice"], label: "field.voice", otherwise: 1, seldom: true },
      { kind: "whole", path: ["capacity", "chat"], label: "field.chat", otherwise: 0, seldom: true },
      { kind: "whole", path: ["capacity", "mail"], label: "field.mail", otherwise: 0, seldom: true },
      seconds("refusal_pause_seconds", "field.refusal_pause_seconds", 10, { hint: "hint.until_ready", seldom: true }),
      seconds("no_answer_pause_seconds", "field.no_answer_pause_seconds", null, { hint: "hint.until_ready", seldom: true }),
    ],
  },
  teams: { icon: UsersRound, fields: [NAME] },
  scripts: { icon: BookText, fields: [NAME] },
  dispositions: {
    icon: Tags,
    fields: [
      LABEL,
      PROJECT,
      { kind: "flag", path: ["needs_note"], label: "field.needs_note", otherwise: false, column: true },
      { kind: "flag", path: ["needs_next_action"], label: "field.needs_next_action", otherwise: false, column: true },
    ],
  },
  not_ready_reasons: { icon: CircleSlash2, fields: [LABEL] },
  calendars: {
    icon: CalendarClock,
    fields: [
      { kind: "zone", path: ["zone"], label: "field.zone", hint: "hint.zone", column: true },
      { kind: "weekly", path: ["weekly"], label: "field.weekly", column: true },
      { kind: "holidays", path: ["holidays"], label: "field.holidays", column: true },
    ],
  },
  prompts: {
    icon: Volume2,
    fields: [
      { kind: "sound", path: ["text"], label: "field.prompt", column: true },
      { kind: "one_of", options: LANGUAGE_OPTIONS, otherwise: "en", says: "language_name", path: ["language"], label: "field.language", column: true },
    ],
  },
  flows: { icon: Waypoints, fields: [], fixed: true },
  trunks: {
    icon: Network,
    fields: [
      { kind: "text", path: ["host"], label: "field.host", needed: true, code: true, column: true },
      { kind: "whole", path: ["port"], label: "field.port", otherwise: 5060, least: 1, column: true },
      { kind: "codes", path: ["prefixes"], label: "field.prefixes", hint: "hint.prefixes", column: true },
      { kind: "text", path: ["caller"], label: "field.caller", hint: "hint.caller", code: true, column: true },
      { kind: "text", path: ["username"], label: "field.username", code: true },
      { kind: "text", path: ["password"], label: "field.password", hint: "hint.password", code: true },
    ],
  },
};

/** Sections in the order of the navigation, by what they are about. */
export const GROUPS: readonly { label: MessageId; sections: readonly Section[] }[] = [
  { label: "group.lines", sections: ["numbers", "calendars", "prompts", "flows", "trunks"] },
  { label: "group.work", sections: ["clients", "projects", "queues", "scripts", "dispositions", "not_ready_reasons"] },
  { label: "group.people", sections: ["agents", "teams", "skills"] },
];
