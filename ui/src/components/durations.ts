/** `clock`: 1:05 or 1:02:09. `words`: 1 min 5 sec, as the language writes it. */
export type Written = "clock" | "words";

/** `seconds` in the digits of `locale` (BCP 47). */
export function written(seconds: number, as: Written, locale: string): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  if (as === "clock") {
    const plain = new Intl.NumberFormat(locale, { useGrouping: false });
    const two = new Intl.NumberFormat(locale, { minimumIntegerDigits: 2, useGrouping: false });
    const parts = hours > 0 ? [plain.format(hours), two.format(minutes)] : [plain.format(minutes)];
    return [...parts, two.format(rest)].join(":");
  }
  const named = (value: number, unit: "hour" | "minute" | "second") =>
    new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" }).format(value);
  const parts = [
    ...(hours > 0 ? [named(hours, "hour")] : []),
    ...(minutes > 0 ? [named(minutes, "minute")] : []),
    ...(hours === 0 && (rest > 0 || minutes === 0) ? [named(rest, "second")] : []),
  ];
  return parts.join(" ");
}
