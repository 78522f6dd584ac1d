/** What people change about themselves. */

import { ask } from "../../api/client";
import type { Session } from "../../api/session";
import { FACTS, type Preferences } from "../../app/language";

/** Keep preferences for every device; what was left to the language is what is usual in it. */
export function keepPreferences({ locale, calendar, digits, theme }: Preferences): Promise<Session> {
  const facts = FACTS[locale];
  return ask("PATCH", "/api/me", { locale, calendar: calendar ?? facts.calendar, digits: digits ?? facts.digits, theme });
}

export function rename(name: string): Promise<Session> {
  return ask("PATCH", "/api/me", { name });
}

export function changePassword(present: string | null, password: string): Promise<Session> {
  return ask("PATCH", "/api/me", { password, ...(present === null ? {} : { present_password: present }) });
}

export interface Factor {
  secret: string;
  uri: string;
  /** A `data:` URI of the QR code. */
  picture: string;
}

export function beginSecondFactor(present: string): Promise<Factor> {
  return ask("POST", "/api/me/totp", { present_password: present });
}

export async function confirmSecondFactor(code: string): Promise<string[]> {
  return (await ask<{ recovery_codes: string[] }>("POST", "/api/me/totp/confirm", { code })).recovery_codes;
}

export function removeSecondFactor(present: string): Promise<void> {
  return ask("DELETE", "/api/me/totp", { present_password: present });
}

export interface OwnSession {
  id: string;
  how: string;
  address: string;
  browser: string;
  began_at: string;
  seen_at: string;
  is_this: boolean;
}

export function ownSessions(): Promise<OwnSession[]> {
  return ask("GET", "/api/me/sessions");
}

export function endSession(id: string): Promise<void> {
  return ask("DELETE", `/api/me/sessions/${encodeURIComponent(id)}`);
}

export function endOtherSessions(): Promise<void> {
  return ask("DELETE", "/api/me/sessions");
}
