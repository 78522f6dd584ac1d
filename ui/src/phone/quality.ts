/** How a call sounds, from what the browser counts (W3C webrtc-stats): pure, one sample a second. */
import type { Quality, Trouble } from "./types";

/** What is counted since the call began; null where the browser does not say. */
export interface Sample {
  at: number;
  received: number;
  lost: number;
  sent: number;
  jitterSeconds: number;
  roundTripSeconds: number | null;
  /** The share that the other end did not get, 0 to 1. */
  lostThere: number | null;
  /** Seconds by which sound is late there, as it reports. */
  jitterThereSeconds: number | null;
  levelIn: number;
  levelOut: number;
}

/** Seconds without a packet in, or out, before somebody is told. */
export const SILENT_SECONDS = 3;
/** Seconds of perfect silence from a microphone that is not muted: even a quiet room is not that quiet. */
export const MICROPHONE_SILENT_SECONDS = 10;

const FAIR = { loss: 0.02, jitterSeconds: 0.03, roundTripSeconds: 0.3 };
const POOR = { loss: 0.06, jitterSeconds: 0.06, roundTripSeconds: 0.6 };

export function qualityOf(before: Sample, now: Sample): Quality {
  const received = now.received - before.received;
  const lost = Math.max(0, now.lost - before.lost);
  const here = received + lost > 0 ? lost / (received + lost) : 0;
  const loss = Math.max(here, now.lostThere ?? 0);
  const jitterSeconds = Math.max(now.jitterSeconds, now.jitterThereSeconds ?? 0);
  const found = { loss, jitterSeconds, roundTripSeconds: now.roundTripSeconds ?? 0 };
  return {
    score: isOver(found, POOR) ? "poor" : isOver(found, FAIR) ? "fair" : "good",
    loss,
    jitter_ms: Math.round(jitterSeconds * 1000),
    round_trip_ms: now.roundTripSeconds === null ? null : Math.round(now.roundTripSeconds * 1000),
    level_in: now.levelIn,
    level_out: now.levelOut,
  };
}

function isOver(found: typeof FAIR, limit: typeof FAIR): boolean {
  return (
    found.loss > limit.loss || found.jitterSeconds > limit.jitterSeconds || found.roundTripSeconds > limit.roundTripSeconds
  );
}

/** Since when nothing came in, nothing went out, and the microphone gave nothing; by `Sample.at`, in milliseconds. */
export interface Silence {
  readonly in: number;
  readonly out: number;
  readonly microphone: number;
}

export function silenceAt(at: number): Silence {
  return { in: at, out: at, microphone: at };
}

/** `isQuiet`: nothing need be heard now (held), `isMuted`: nothing from here. */
export function listen(
  silence: Silence, before: Sample, now: Sample, { isQuiet, isMuted }: { isQuiet: boolean; isMuted: boolean },
): Silence {
  return {
    in: now.received > before.received || isQuiet ? now.at : silence.in,
    out: now.sent > before.sent || isQuiet ? now.at : silence.out,
    microphone: now.levelOut > 0 || isMuted || isQuiet ? now.at : silence.microphone,
  };
}

export function troubleOf(silence: Silence, at: number): Trouble | null {
  if (at - silence.in >= SILENT_SECONDS * 1000) return "no_sound_in";
  if (at - silence.out >= SILENT_SECONDS * 1000) return "no_sound_out";
  return at - silence.microphone >= MICROPHONE_SILENT_SECONDS * 1000 ? "microphone_silent" : null;
}

interface Counted {
  type: string;
  kind?: string;
  packetsReceived?: number;
  packetsLost?: number;
  packetsSent?: number;
  jitter?: number;
  roundTripTime?: number;
  currentRoundTripTime?: number;
  fractionLost?: number;
  nominated?: boolean;
}

/** The counts of one report; levels are measured elsewhere. */
export function sampleOf(
  report: Iterable<Counted>, at: number, levels: { levelIn: number; levelOut: number },
): Sample {
  const sample: Sample = {
    at, received: 0, lost: 0, sent: 0, jitterSeconds: 0, roundTripSeconds: null, lostThere: null,
    jitterThereSeconds: null, ...levels,
  };
  for (const one of report) {
    if (one.type === "inbound-rtp" && one.kind === "audio") {
      sample.received += one.packetsReceived ?? 0;
      sample.lost += one.packetsLost ?? 0;
      sample.jitterSeconds = Math.max(sample.jitterSeconds, one.jitter ?? 0);
    } else if (one.type === "outbound-rtp" && one.kind === "audio") {
      sample.sent += one.packetsSent ?? 0;
    } else if (one.type === "remote-inbound-rtp" && one.kind === "audio") {
      sample.lostThere = one.fractionLost ?? null;
      sample.jitterThereSeconds = one.jitter ?? null;
      sample.roundTripSeconds = one.roundTripTime ?? sample.roundTripSeconds;
    } else if (one.type === "candidate-pair" && one.nominated === true) {
      sample.roundTripSeconds ??= one.currentRoundTripTime ?? null;
    }
  }
  return sample;
}
