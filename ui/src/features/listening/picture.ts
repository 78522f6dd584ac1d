/** A recording as a picture: time runs from left to right in every language. Pure. */

export const WIDTH = 800;
export const TRACK = 40;
/** A quiet recording is drawn no larger than this many times. */
const LOUDEST_MIN = 0.05;

/** What the loudest moment of all sides fills its track with. */
export function loudestOf(...sides: readonly (readonly number[])[]): number {
  return Math.max(LOUDEST_MIN, ...sides.map((side) => side.reduce((most, one) => Math.max(most, one), 0)));
}

/** The outline of one side around the middle of its track, as an SVG path. */
export function outlineOf(peaks: readonly number[], loudest: number): string {
  if (peaks.length === 0) return "";
  const middle = TRACK / 2;
  const step = WIDTH / peaks.length;
  const high = peaks.map((peak) => Math.max(0.4, (peak / loudest) * (middle - 1)));
  const there = high.map((size, n) => `${round(n * step)} ${round(middle - size)}L${round((n + 1) * step)} ${round(middle - size)}`);
  const back = high.map((size, n) => `${round((n + 1) * step)} ${round(middle + size)}L${round(n * step)} ${round(middle + size)}`).reverse();
  return `M${there.join("L")}L${back.join("L")}Z`;
}

const round = (value: number) => Math.round(value * 10) / 10;

/** Where a moment stands in the picture. */
export function placeOf(seconds: number, all: number): number {
  return all <= 0 ? 0 : Math.min(1, Math.max(0, seconds / all)) * WIDTH;
}

/** The moment under a pointer at `x`, in a picture that begins at `left` and is `width` wide on the screen. */
export function momentAt(x: number, left: number, width: number, all: number): number {
  return width <= 0 ? 0 : Math.min(1, Math.max(0, (x - left) / width)) * all;
}

const STEP_SECONDS = 5;
const PAGE_SECONDS = 30;

/** Where a key leads from `at`, or null when it leads nowhere. Arrows follow time, so right is later in every language. */
export function afterKey(key: string, at: number, all: number): number | null {
  const steps: Record<string, number> = {
    ArrowRight: STEP_SECONDS, ArrowUp: STEP_SECONDS, ArrowLeft: -STEP_SECONDS, ArrowDown: -STEP_SECONDS,
    PageUp: PAGE_SECONDS, PageDown: -PAGE_SECONDS, Home: -all, End: all,
  };
  const step = steps[key];
  return step === undefined ? null : Math.min(all, Math.max(0, at + step));
}

export type Side = "customer" | "agent";
export interface Heard { muted: boolean; alone: boolean }
export type Mix = Record<Side, Heard>;
export const BOTH: Mix = { customer: { muted: false, alone: false }, agent: { muted: false, alone: false } };

/** How loud a side is to be: silent when it is muted, or when the other one alone is to be heard. */
export function gainOf(mix: Mix, side: Side): 0 | 1 {
  if (mix[side].muted) return 0;
  const someAlone = mix.customer.alone || mix.agent.alone;
  return someAlone && !mix[side].alone ? 0 : 1;
}
