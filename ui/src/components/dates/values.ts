/** Days and times between how callers hold them (ISO 8601, Gregorian, "" for none) and how calendars compute. Pure. */

import {
  type Calendar, CalendarDate, GregorianCalendar, IslamicUmalquraCalendar, PersianCalendar, Time, toCalendar,
} from "@internationalized/date";

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^([01]\d|2[0-3]):([0-5]\d)/;

/** The calendar that Intl calls `identifier`: of those that somebody may choose, no more come with the pages. */
export function calendarOf(identifier: string): Calendar {
  switch (identifier) {
    case "persian":
      return new PersianCalendar();
    case "islamic-umalqura":
      return new IslamicUmalquraCalendar();
    default:
      return new GregorianCalendar();
  }
}

/** A day as "YYYY-MM-DD"; null where there is none, or no such day. */
export function dayIn(text: string): CalendarDate | null {
  const found = DAY.exec(text);
  if (found === null) return null;
  const day = new CalendarDate(Number(found[1]), Number(found[2]), Number(found[3]));
  return day.toString() === text ? day : null; // the 31st of a shorter month became its last day
}

/** "YYYY-MM-DD" of a day of any calendar; "" where there is none, or where four digits do not hold the year. */
export function dayText(day: CalendarDate | null): string {
  const text = day === null ? "" : toCalendar(day, new GregorianCalendar()).toString();
  return DAY.test(text) ? text : "";
}

/** A time as "HH:MM", seconds aside; null where there is none. */
export function timeIn(text: string): Time | null {
  const found = TIME.exec(text);
  return found === null ? null : new Time(Number(found[1]), Number(found[2]));
}

/** "HH:MM" of a time; "" where there is none. */
export function timeText(time: Time | null): string {
  return time?.toString().slice(0, "HH:MM".length) ?? "";
}

/**
 * The locale in which keys are read. Where digits are named, React Aria takes no others; where they are the language's own
 * anyway, they are left unnamed, so that a Latin keyboard writes Persian days as well.
 */
export function readIn(locale: string): string {
  const { language, region } = new Intl.Locale(locale).maximize(); // "ar" without a country has Latin digits in some browsers
  const unnamed = locale.replace(/-nu-[a-z]+/, "").replace(language, `${language}-${region ?? ""}`);
  const digits = (tag: string) => new Intl.NumberFormat(tag).resolvedOptions().numberingSystem;
  return digits(unnamed) === digits(locale) ? unnamed : locale;
}
