export const PAUSE_MILLISECONDS_MIN = 500;
export const PAUSE_MILLISECONDS_MAX = 15_000;

/**
 * How long to wait before attempt `attempt` (0 is the first) to connect again: doubling up to a bound, each page with
 * a part of its own (`chance` in [0, 1)), so that a thousand desks do not come back at the same moment.
 */
export function pauseBefore(attempt: number, chance: number): number {
  const whole = Math.min(PAUSE_MILLISECONDS_MAX, PAUSE_MILLISECONDS_MIN * 2 ** attempt);
  return whole / 2 + (whole / 2) * chance;
}
