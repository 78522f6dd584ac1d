/** Values as people read them, in lists, in what changed, and in the history. */

import type { IntlShape } from "react-intl";
import type { MessageId } from "../../../messages";
import type { Document, Entry, Json, Section } from "../contract";
import { destinationShown, overflowShown, relaxationShown } from "./rules/rulesShown";
import { FACTS, type Field, type OptionPrefix } from "./sections";
import { at, nameIn, withValue } from "./values";
import { WEEK_DAYS, dayName } from "./weekly";

export type Say = (id: MessageId, values?: Record<string, string | number>) => string;
export interface Saying {
  say: Say;
  intl: IntlShape;
  document: Document;
}

/** A field's value in words; "" where there is none. */
export function shown(field: Field, entry: Entry, saying: Saying): string {
  const value = at(entry, field.path);
  return shownValue(field, value, entry, saying);
}

function shownValue(field: Field, value: Json | undefined, entry: Entry, saying: Saying): string {
  const { say, intl, document } = saying;
  switch (field.kind) {
    case "text":
    case "zone":
      return typeof value === "string" ? value : "";
    case "whole": {
      const amount = value === undefined ? field.otherwise : value;
      if (typeof amount !== "number") return "";
      const written = intl.formatNumber(amount);
      return field.unit === undefined ? written : say(`unit.${field.unit}`, { amount: written });
    }
    case "flag":
      return say((value ?? field.otherwise) === true ? "value.yes" : "value.no");
    case "one_of":
      return optionShown(field.says, typeof value === "string" ? value : field.otherwise, say);
    case "several":
      return intl.formatList(textsIn(value).map((one) => optionShown(field.says, one, say)));
    case "entry":
      return typeof value === "string" ? nameIn(document, field.section, value) : "";
    case "levels":
      return levelsIn(value).map(([id, level]) => `${nameIn(document, field.section, id)} ${intl.formatNumber(level)}`).join(" · ");
    case "destination":
      return destinationShown(value ?? { ...field.otherwise }, saying);
    case "overflow":
      return overflowShown(value, saying);
    case "relaxation":
      return relaxationShown(value, saying);
    case "optional":
      return value === undefined || value === null ? "" : field.fields.map((one) => `${say(one.label)}: ${shown(one, entry, saying)}`).join(" · ");
    case "codes":
      return textsIn(value).join(" ");
    case "sound":
      return promptShown(entry, say);
    case "weekly":
      return weeklyShown(value, intl);
    case "holidays":
      return Object.keys(tableIn(value)).length === 0 ? "" : intl.formatNumber(Object.keys(tableIn(value)).length);
  }
}

/** One of several values in words. */
export function optionShown(says: OptionPrefix, value: string, say: Say): string {
  switch (says) {
    case "language_name":
      return say(`language_name.${value}` as MessageId);
    case "agent_choice":
      return say(`agent_choice.${value}` as MessageId);
    case "deviation":
      return say(`deviation.${value}` as MessageId);
    case "sticky_agent":
      return say(`sticky_agent.${value}` as MessageId);
  }
}

/** What a prompt is: its text, or that it was recorded. */
function promptShown(entry: Entry, say: Say): string {
  const { text, file } = entry;
  if (typeof text === "string") return text;
  return typeof file === "string" ? say("prompt.file") : say("prompt.uploaded");
}

export function textsIn(value: Json | undefined): string[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter((one) => typeof one === "string") : [];
}

export function levelsIn(value: Json | undefined): [string, number][] {
  return Object.entries(tableIn(value)).filter((one): one is [string, number] => typeof one[1] === "number");
}

export function tableIn(value: Json | undefined): Record<string, Json | undefined> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, Json | undefined>) : {};
}

export interface Period {
  days: number[];
  since: string;
  until: string;
}

export function periodsIn(value: Json | undefined): Period[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly Json[]).flatMap((one) => {
    const { days, since, until } = tableIn(one);
    if (!Array.isArray(days) || typeof since !== "string" || typeof until !== "string") return [];
    return [{ days: (days as readonly Json[]).filter((day) => typeof day === "number"), since, until }];
  });
}

function weeklyShown(value: Json | undefined, intl: IntlShape): string {
  return periodsIn(value).map(({ days, since, until }) => `${daysShown(days, intl)} \u2066${since}–${until}\u2069`).join("; ");
}

/** "Mon–Fri", or the days one by one. */
export function daysShown(days: readonly number[], intl: IntlShape): string {
  const sorted = WEEK_DAYS.filter((day) => days.includes(day));
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return "";
  const isRun = sorted.length > 2 && last - first === sorted.length - 1;
  if (isRun) return `${dayName(first, intl.locale)}–${dayName(last, intl.locale)}`;
  return sorted.map((day) => dayName(day, intl.locale)).join(", ");
}

/** The words for a field that a difference names by its path; the path where the table has no such field. */
export function fieldLabel(section: Section, path: string, saying: Pick<Saying, "say">): string {
  const field = fieldAt(section, path);
  return field === undefined ? path : saying.say(field.label);
}

export function fieldAt(section: Section, path: string): Field | undefined {
  const isAt = (one: Field) => {
    const place = one.path.join(".");
    return path === place || path.startsWith(`${place}.`);
  };
  const found = FACTS[section].fields.find(isAt);
  return found?.kind === "optional" ? (found.fields.find(isAt) ?? found) : found;
}

/** One side of a difference in words; parts of a table as they are. */
export function differenceShown(section: Section, path: string, value: Json | undefined, saying: Saying): string {
  const field = fieldAt(section, path);
  if (value === undefined || value === null) return field?.kind === "flag" || field?.kind === "whole" ? shownOr(field, value, saying) : "—";
  if (field !== undefined && field.path.join(".") === path) return shownOr(field, value, saying);
  if (field?.kind === "levels") return `${nameIn(saying.document, field.section, path.split(".").at(-1) ?? "")} ${plain(value)}`;
  return plain(value);
}

function shownOr(field: Field, value: Json | undefined, saying: Saying): string {
  const words = shownValue(field, value, field.kind === "sound" ? { text: value } : withValue({}, field.path, value), saying);
  return words === "" ? "—" : words;
}

function plain(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
