/** What is looked for, as the address bar holds it and as the server is asked. Pure. */

import { latin } from "../administration/entries/weekly";

export const FIELDS = ["project", "queue", "agent", "customer", "outcome", "from", "to"] as const;
export type Field = (typeof FIELDS)[number];
export type View = Record<Field, string>;

export const OUTCOMES = ["answered", "abandoned", "overflowed", "voicemail", "callback", "self_served", "refused", "lost_to_fault"] as const;

export const DIGITS_MIN = 3;

/** Whether what was typed is enough to look for: a name, or some digits of a number. The server decides alike (web/sought.py). */
export function isEnough(customer: string): boolean {
  return /[\p{L}@_*#]/u.test(customer) || latin(customer).replaceAll(/[^0-9]/g, "").length >= DIGITS_MIN;
}

/** Whether it is a number, as typed or pasted, of which there is enough to look for. */
export function isNumber(typed: string): boolean {
  return /^[+\d\p{Nd}\s()\-\u2010-\u2015./\p{Cf}]+$/u.test(typed) && isEnough(typed);
}

export function viewOf(search: URLSearchParams): View {
  return Object.fromEntries(FIELDS.map((field) => [field, search.get(field) ?? ""])) as View;
}

/** What the server is asked: a day without a time is the whole day where the reader is, the last one too. */
export function askedOf(view: View): Partial<View> {
  const asked: Partial<View> = {};
  for (const field of FIELDS) {
    const value = field === "from" ? momentOf(view.from, 0) : field === "to" ? momentOf(view.to, 1) : view[field].trim();
    if (value !== "" && (field !== "customer" || isEnough(value))) asked[field] = value;
  }
  return asked;
}

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

function momentOf(text: string, daysLater: number): string {
  const day = DAY.exec(text);
  const moment = day === null ? new Date(text) : new Date(Number(day[1]), Number(day[2]) - 1, Number(day[3]) + daysLater);
  return Number.isNaN(moment.getTime()) ? "" : moment.toISOString();
}

/** A moment of the address bar as a field for days shows it. */
export function dayOf(text: string): string {
  if (text === "" || DAY.test(text)) return text;
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime())) return "";
  const two = (value: number) => String(value).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}
