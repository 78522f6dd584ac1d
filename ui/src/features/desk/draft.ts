/** What an agent enters about a contact: kept as it is typed, on this device at once and on the server soon after. */

import type { ScriptEvent } from "./script";

export interface Draft {
  /** The script with which the conversation began; a newer version does not change under an agent who talks. */
  script: { id: string; version: number } | null;
  /** What was done in the script, in order. */
  events: ScriptEvent[];
  note: string;
  disposition: string | null;
  next_action: string;
  callback: { day: string; time: string; number: string } | null;
}

export const EMPTY: Draft = { script: null, events: [], note: "", disposition: null, next_action: "", callback: null };

const KEPT = "markaz.draft.";
const DRAFTS_MAX = 20;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A draft out of what was stored, whoever stored it; parts in another shape are as if they were not there. */
export function draftOf(stored: unknown): Draft {
  if (!isRecord(stored)) return EMPTY;
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  const callback = stored["callback"];
  const script = stored["script"];
  return {
    script: isRecord(script) && typeof script["id"] === "string" && typeof script["version"] === "number"
      ? { id: script["id"], version: script["version"] }
      : null,
    events: Array.isArray(stored["events"]) ? stored["events"].filter(isScriptEvent) : [],
    note: text(stored["note"]),
    disposition: typeof stored["disposition"] === "string" ? stored["disposition"] : null,
    next_action: text(stored["next_action"]),
    callback: isRecord(callback)
      ? { day: text(callback["day"]), time: text(callback["time"]), number: text(callback["number"]) }
      : null,
  };
}

function isScriptEvent(value: unknown): value is ScriptEvent {
  if (!isRecord(value) || typeof value["step"] !== "string") return false;
  switch (value["type"]) {
    case "said":
    case "went":
      return true;
    case "answered":
      return value["value"] === null || typeof value["value"] === "string";
    case "chose":
      return typeof value["option"] === "string";
    default:
      return false;
  }
}

/** The draft of `contact` on this device, or null. */
export function keptDraft(storage: Storage, contact: string): Draft | null {
  const text = storage.getItem(KEPT + contact);
  if (text === null) return null;
  try {
    return draftOf(JSON.parse(text));
  } catch {
    return null; // damaged: what the server has counts
  }
}

/** Keep `draft` on this device; only the latest contacts' are kept, so that nothing fills up. */
export function keepDraft(storage: Storage, contact: string, draft: Draft): void {
  storage.removeItem(KEPT + contact);
  const keys = Array.from({ length: storage.length }, (_, n) => storage.key(n)).filter((key) => key?.startsWith(KEPT));
  for (const key of keys.slice(0, Math.max(0, keys.length - DRAFTS_MAX + 1))) if (key != null) storage.removeItem(key);
  storage.setItem(KEPT + contact, JSON.stringify(draft));
}

/** The contact is finished: this device need not know of it any more. */
export function dropDraft(storage: Storage, contact: string): void {
  storage.removeItem(KEPT + contact);
}
