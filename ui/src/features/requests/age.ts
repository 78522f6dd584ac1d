/** How old something is, in the two largest units that it fills: 3 days 4 hr, 2 hr 5 min, 40 sec. */

const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]] as const;
const MILLISECONDS = 1_000;

/** `seconds` in words and digits of `locale` (BCP 47); below zero is zero. */
export function ageWritten(seconds: number, locale: string): string {
  let rest = Math.max(0, Math.floor(seconds));
  const first = UNITS.findIndex(([, size]) => rest >= size);
  if (first === -1 || first === UNITS.length - 1) return inUnit(rest, "second", locale);
  return UNITS.slice(first, first + 2).flatMap(([unit, size], n) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return n === 0 || count > 0 ? [inUnit(count, unit, locale)] : [];
  }).join(" ");
}

/** Seconds that the server counted when it answered, at `answeredAt` by this device's clock, as of `now` by the same. */
export function agedSince(seconds: number, answeredAt: number, now: number): number {
  return seconds + Math.max(0, now - answeredAt) / MILLISECONDS;
}

function inUnit(value: number, unit: string, locale: string): string {
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" }).format(value);
}
