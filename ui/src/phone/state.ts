/**
 * The agent's phone as a state machine that knows no browser: events in, a new state out, and nothing else.
 *
 * `line` is the way to the floor, `call` the one call that a phone has. Losing the line does not end a call: its sound
 * goes another way. An event that makes no sense now (late, twice, of a call that is over) changes nothing.
 */
import type { Call, Line, Trouble } from "./types";

export interface Core {
  readonly line: Line;
  readonly call: (Call & { readonly id: string; readonly heldHere: boolean }) | null;
  readonly trouble: Trouble | null;
}

export type LineEvent = "started" | "registered" | "disconnected" | "taken" | "stopped";

export type PhoneEvent =
  | { readonly type: LineEvent }
  | { readonly type: "invited"; readonly id: string; readonly at: string; readonly test: boolean; readonly muted?: boolean }
  | { readonly type: "answering" | "held" | "resumed" | "ended"; readonly id: string }
  | { readonly type: "talking"; readonly id: string; readonly at: string }
  | { readonly type: "muted"; readonly muted: boolean }
  | { readonly type: "trouble"; readonly trouble: Trouble | null };

export const OFF: Core = { line: "off", call: null, trouble: null };

/** The legal moves of the line. */
export const LINE: Readonly<Record<Line, Partial<Record<LineEvent, Line>>>> = {
  off: { started: "connecting" },
  connecting: { started: "connecting", registered: "ready", taken: "elsewhere", stopped: "off" },
  ready: { started: "connecting", disconnected: "lost", taken: "elsewhere", stopped: "off" },
  lost: { started: "connecting", registered: "ready", taken: "elsewhere", stopped: "off" },
  elsewhere: { started: "connecting", stopped: "off" },
};

/** The legal moves of a call, after it has rung. */
export const CALL: Readonly<Record<Call["state"], Partial<Record<PhoneEvent["type"], Call["state"]>>>> = {
  ringing: { answering: "connecting", talking: "talking" },
  connecting: { talking: "talking" },
  talking: { held: "held" },
  held: { resumed: "talking" },
};

export function step(state: Core, event: PhoneEvent): Core {
  switch (event.type) {
    case "started":
    case "registered":
    case "disconnected":
    case "taken":
    case "stopped":
      return moveLine(state, event.type);
    case "invited": {
      const { id, at, test, muted = false } = event;
      const call = { id, state: "ringing" as const, since: at, muted, test, heldHere: false };
      return { ...state, call };
    }
    case "muted":
      if (state.call === null || state.call.muted === event.muted) return state;
      return { ...state, call: { ...state.call, muted: event.muted } };
    case "trouble":
      return state.trouble === event.trouble ? state : { ...state, trouble: event.trouble };
    default:
      return moveCall(state, event);
  }
}

function moveLine(state: Core, event: LineEvent): Core {
  const line = LINE[state.line][event];
  if (line === undefined) return state;
  if (event === "taken" || event === "stopped") return { ...state, line, call: null, trouble: null };
  // Back by another way: until its sound is heard there, the agent is told.
  const isBack = state.line === "lost" && line === "ready" && state.call?.state === "talking";
  return { ...state, line, trouble: isBack ? (state.trouble ?? "network_changed") : state.trouble };
}

function moveCall(
  state: Core,
  event: Exclude<PhoneEvent, { type: LineEvent | "invited" | "muted" | "trouble" }>,
): Core {
  const { call } = state;
  if (call?.id !== event.id) return state;
  if (event.type === "ended") return { ...state, call: null, trouble: ofCall(state.trouble) ? null : state.trouble };
  const next = CALL[call.state][event.type];
  if (next === undefined) return state;
  const since = event.type === "talking" ? event.at : call.since;
  return { ...state, call: { ...call, state: next, since, heldHere: next === "held" } };
}

/** Whether a trouble is over when its call is. */
export function ofCall(trouble: Trouble | null): boolean {
  return trouble === "network_changed" || trouble === "no_sound_in" || trouble === "no_sound_out" || trouble === "microphone_silent";
}
