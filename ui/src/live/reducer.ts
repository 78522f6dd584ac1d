/**
 * The copy of the live state in this page. A snapshot replaces everything; a change applies to the one before it alone;
 * a gap is asked about. Pure: the socket is in `connection.ts`.
 */

import type { Values } from "./values";

export type Message =
  | { type: "snapshot"; number: number; values: Values }
  | { type: "change"; number: number; previous: number; values: Values; gone: string[] }
  | { type: "stale" }
  | { type: "fresh" };

export type LiveEvent =
  | { type: "opened" }
  | { type: "lost" }
  | { type: "ended" }
  | { type: "told"; message: Message };

export interface LiveState {
  /** `lost`: connecting again by itself; `ended`: the session is over, nothing comes until somebody signs in. */
  connection: "connecting" | "open" | "lost" | "ended";
  /** The last message's number; null while there is no whole copy to apply changes to. */
  number: number | null;
  /** What was told last. It stays visible while the connection is lost. */
  values: Values;
  /** The server cannot read the journal at the moment: what is shown may be past. */
  stale: boolean;
  /** A change was missed, so a snapshot has to be asked for. */
  missed: boolean;
}

export const NOTHING: LiveState = { connection: "connecting", number: null, values: {}, stale: false, missed: false };

export function reduce(state: LiveState, event: LiveEvent): LiveState {
  switch (event.type) {
    case "opened":
      return { ...state, connection: "open", number: null, missed: false };
    case "lost":
      return { ...state, connection: "lost", number: null, missed: false };
    case "ended":
      return { ...state, connection: "ended", number: null, missed: false };
    case "told":
      return apply(state, event.message);
  }
}

function apply(state: LiveState, message: Message): LiveState {
  switch (message.type) {
    case "snapshot":
      return { ...state, number: message.number, values: kept(state.values, message.values), missed: false, stale: false };
    case "change": {
      if (state.number === null) return state; // before the snapshot that is on its way
      if (message.previous !== state.number) return { ...state, number: null, missed: true };
      const values: Record<string, unknown> = { ...state.values, ...message.values };
      for (const key of message.gone) Reflect.deleteProperty(values, key);
      return { ...state, number: message.number, values };
    }
    case "stale":
      return { ...state, stale: true };
    case "fresh":
      return { ...state, stale: false };
  }
}

/** `after`, with the very objects of `before` where they say the same, so that nothing is drawn anew without need. */
function kept(before: Values, after: Values): Values {
  const values: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(after)) {
    const old = before[key];
    values[key] = old !== undefined && JSON.stringify(old) === JSON.stringify(value) ? old : value;
  }
  return values;
}

/** A message in the shape of the protocol, or null. */
export function parse(text: string): Message | null {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof read !== "object" || read === null || !("type" in read)) return null;
  switch (read.type) {
    case "snapshot":
    case "change":
    case "stale":
    case "fresh":
      return read as Message;
    default:
      return null; // a later server may tell more
  }
}
