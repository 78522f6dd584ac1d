/** What a queue does with those who wait, out of its entry: where they go, when, and who may serve them by then. Pure. */

import type { Entry, Json } from "../../contract";

export const DESTINATIONS = ["queue", "number", "voicemail", "callback", "disconnect"] as const;
export type DestinationKind = (typeof DESTINATIONS)[number];
export type Destination = Entry & { readonly type: DestinationKind };

export interface Overflow {
  after_seconds: number;
  to: Destination;
}

export interface Relaxation {
  after_seconds: number;
  drop: readonly string[];
  lower: Readonly<Record<string, number>>;
}

const STEP_SECONDS = 30;

const isTable = (value: Json | undefined): value is Entry => typeof value === "object" && value !== null && !Array.isArray(value);
const rows = (value: Json | undefined): Entry[] => (Array.isArray(value) ? (value as readonly Json[]).filter(isTable) : []);
const whole = (value: Json | undefined): number => (typeof value === "number" ? value : 0);

export function destinationIn(value: Json | undefined): Destination | null {
  if (!isTable(value)) return null;
  const kind = DESTINATIONS.find((one) => one === value["type"]);
  return kind === undefined ? null : { ...value, type: kind };
}

/** A destination of another kind; what it needs is chosen then. */
export function destinationOf(kind: DestinationKind): Destination {
  switch (kind) {
    case "queue":
      return { type: kind, queue: "" };
    case "number":
      return { type: kind, number: "" };
    default:
      return { type: kind };
  }
}

export function overflowIn(value: Json | undefined): Overflow[] {
  return rows(value).flatMap((row) => {
    const to = destinationIn(row["to"]);
    return to === null ? [] : [{ after_seconds: whole(row["after_seconds"]), to }];
  });
}

export function relaxationIn(value: Json | undefined): Relaxation[] {
  return rows(value).map((row) => ({
    after_seconds: whole(row["after_seconds"]),
    drop: Array.isArray(row["drop"]) ? (row["drop"] as readonly Json[]).filter((one) => typeof one === "string") : [],
    lower: isTable(row["lower"])
      ? Object.fromEntries(Object.entries(row["lower"]).filter((one): one is [string, number] => typeof one[1] === "number"))
      : {},
  }));
}

/** A step after those that there are, by half a minute. */
export function nextAfter(steps: readonly { after_seconds: number }[]): number {
  return Math.max(0, ...steps.map((one) => one.after_seconds)) + STEP_SECONDS;
}

export function inOrder<Step extends { after_seconds: number }>(steps: readonly Step[]): Step[] {
  return [...steps].sort((one, other) => one.after_seconds - other.after_seconds);
}

/** The steps as the entry holds them; what is empty is left out. */
export function written(steps: readonly (Overflow | Relaxation)[]): Json | undefined {
  if (steps.length === 0) return undefined;
  return steps.map((step): Json => {
    if ("to" in step) return { after_seconds: step.after_seconds, to: { ...step.to } };
    return {
      after_seconds: step.after_seconds,
      ...(step.drop.length === 0 ? {} : { drop: [...step.drop] }),
      ...(Object.keys(step.lower).length === 0 ? {} : { lower: { ...step.lower } }),
    };
  });
}
