/** Keeps a draft: on this device with each key, on the server after a short pause, again until the server has it. */

import { type Draft, draftOf, keepDraft, keptDraft } from "./draft";

const PAUSE_MILLISECONDS = 700;
const AGAIN_MILLISECONDS = 5_000;

export type Saving = "saved" | "saving" | "kept_here";

export interface Kept {
  /** Null until the server, or this device, has said what was entered before. */
  draft: Draft | null;
  saving: Saving;
}

export class DraftKeeper {
  #kept: Kept;
  #unsaved = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #contact: string;
  readonly #storage: Storage;
  readonly #send: (draft: Draft) => Promise<void>;

  constructor(contact: string, storage: Storage, send: (draft: Draft) => Promise<void>) {
    this.#contact = contact;
    this.#storage = storage;
    this.#send = send;
    this.#kept = { draft: keptDraft(storage, contact), saving: "saved" };
  }

  readonly state = (): Kept => this.#kept;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** What the server has counts only where this device has nothing newer. */
  load(stored: unknown): void {
    if (this.#kept.draft === null) this.#put({ draft: draftOf(stored), saving: "saved" });
  }

  readonly change = (changed: Partial<Draft>): void => {
    const draft = { ...(this.#kept.draft ?? draftOf(null)), ...changed };
    keepDraft(this.#storage, this.#contact, draft);
    this.#unsaved = true;
    this.#put({ draft, saving: "saving" });
    this.#later(PAUSE_MILLISECONDS);
  };

  /** Send now what is not sent yet; the page turns to another contact. */
  leave(): void {
    clearTimeout(this.#timer);
    if (this.#unsaved) void this.#save();
  }

  #later(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#save(), milliseconds);
  }

  async #save(): Promise<void> {
    const { draft } = this.#kept;
    if (draft === null) return;
    try {
      await this.#send(draft);
    } catch {
      this.#put({ ...this.#kept, saving: "kept_here" });
      this.#later(AGAIN_MILLISECONDS);
      return;
    }
    if (this.#kept.draft !== draft) return; // typed on meanwhile: the next pause sends it
    this.#unsaved = false;
    this.#put({ draft, saving: "saved" });
  }

  #put(kept: Kept): void {
    this.#kept = kept;
    for (const listener of this.#listeners) listener();
  }
}
