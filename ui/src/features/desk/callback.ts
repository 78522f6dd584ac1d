const NUMBER = /^\+?[0-9]{2,20}$/;
const DAYS_AHEAD = 14;

/** The moment (ISO 8601, UTC) that was chosen on this device's clock; null while something is missing or past. */
export function callbackMoment(chosen: { day: string; time: string; number: string }, now = Date.now()): string | null {
  if (!NUMBER.test(chosen.number)) return null;
  const at = new Date(`${chosen.day}T${chosen.time}`);
  return Number.isNaN(at.getTime()) || at.getTime() <= now ? null : at.toISOString();
}

/** A moment as it is chosen on this device's clock. */
export function chosenOf(at: string, number: string): { day: string; time: string; number: string } {
  const moment = new Date(at);
  return { day: dayOf(moment), time: `${two(moment.getHours())}:${two(moment.getMinutes())}`, number };
}

/** The days that may be chosen, from today on, as YYYY-MM-DD on this device's calendar. */
export function daysAhead(today: Date): string[] {
  return Array.from({ length: DAYS_AHEAD }, (_, n) => dayOf(new Date(today.getFullYear(), today.getMonth(), today.getDate() + n)));
}

function dayOf(moment: Date): string {
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
