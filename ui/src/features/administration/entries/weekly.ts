/** Days of the week as calendars count them, 0 (Monday) to 6, and hours that were typed. Pure. */

export const WEEK_DAYS = [0, 1, 2, 3, 4, 5, 6] as const;
const A_MONDAY = Date.UTC(2024, 0, 1);
const DAY_MILLISECONDS = 86_400_000;

/** The short name of a day, in the language of `locale`. */
export function dayName(day: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" }).format(A_MONDAY + day * DAY_MILLISECONDS);
}

/** The days in the order in which a week goes where `locale` is used: from Saturday, Sunday or Monday on. */
export function daysFrom(language: string): number[] {
  const first = { fa: 5, ar: 5 }[language] ?? 0;
  return WEEK_DAYS.map((day) => (day + first) % WEEK_DAYS.length);
}

const FROM_MIDNIGHT = /^([01]?\d|2[0-4])(?:[:.]?([0-5]\d))?$/;

/** "9" -> "09:00", "1730" -> "17:30"; null where it is no time of a day. Any digits will do. */
export function timeOf(typed: string): string | null {
  const found = FROM_MIDNIGHT.exec(latin(typed.trim()));
  if (found === null) return null;
  const [hours, minutes] = [Number(found[1]), Number(found[2] ?? "0")];
  if (hours === 24 && minutes > 0) return null;
  return `${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`;
}

/** Arabic and Persian digits as Latin ones. */
export function latin(text: string): string {
  return text.replaceAll(/[٠-٩۰-۹]/g, (digit) => String(((digit.codePointAt(0) ?? 0) & 0xf)));
}
