/** Terms as somebody writes them, before they are proposed; kept on this device while they look elsewhere. */

import type { components } from "../../api/schema";
import type { Language } from "../../app/language";

export type Terms = components["schemas"]["TermsGiven"];
export type Chosen = Terms["figures"][number];
export type Offered = components["schemas"]["markaz__web__agreed__definitions__Entry"];

export const INTERVALS = ["half_hour", "hour", "day", "whole"] as const;
export const GROUPS = ["queue", "project", "disposition"] as const;
export const PERIODS = ["day", "week", "month"] as const;
export const FORMATS = ["csv", "pdf"] as const;
const FIGURES = ["offered", "answered", "abandoned", "service_level", "answer_time_mean", "handle_time_mean"];

/** What most begin with: yesterday's half hours of each queue. `language`: of mails and files; null is English. */
export function usual(today: string, zone: string, language: Language | null): Terms {
  return {
    name: "", projects: [], figures: FIGURES.map((figure) => ({ figure, version: 1, parameters: {} })), interval: "half_hour", group: "queue",
    period: "day", zone, deliver_at: "06:00", first_day: today, format: "csv", recipients: [], webhook: false, language,
  };
}

/** What the numbers depend on: a preview holds as long as this stays the same. */
export function numbersOf({ projects, figures, interval, group, period, zone }: Terms): string {
  return JSON.stringify([projects, figures, interval, group, period, zone]);
}

/** Whether the figure can be had in rows of `group`; a figure of agents alone is in no report. */
export function fits(offered: Offered, group: Terms["group"]): boolean {
  return offered.groups.length > 0 && (group == null || offered.groups.includes(group));
}

export function keyOf(user: string, report: string | null): string {
  return `markaz.report-terms.${user}.${report ?? "new"}`;
}

/** The kept terms; null where none are, or where another release kept something else. */
export function kept(text: string | null): Terms | null {
  if (text === null) return null;
  try {
    const found = JSON.parse(text) as Partial<Terms> | null;
    const isWhole = found !== null && typeof found.name === "string" && Array.isArray(found.projects) && Array.isArray(found.figures)
      && Array.isArray(found.recipients) && typeof found.zone === "string" && typeof found.first_day === "string";
    return isWhole ? { ...usual(found.first_day ?? "", found.zone ?? "UTC", null), ...found } : null;
  } catch {
    return null;
  }
}
