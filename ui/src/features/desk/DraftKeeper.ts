/** Keeps what is entered: on this device with each key, on the server after a short pause, again until it has it. */

import { RequestFailed } from "../../api/problems";
import { dropKept, keep, kept } from "./kept";

const PAUSE_MILLISECONDS = 700;
const AGAIN_MILLISECONDS = 5_000;
/** So often somebody is told to ask again before they begin with an empty draft. */
const UNTOLD_MAX = 6;

/** `over`: the server takes no more, for the wrap-up has ended; `late` of the place was given what it did not have. */
export type Saving = "saved" | "saving" | "kept_here" | "over";

/** What the server has; `version` 0: nothing. */
export interface Version<T> {
  entered: T;
  version: number;
}

/** The server cannot tell yet what others have entered; a moment later it can. */
export class NotToldYet extends Error {}

/**
 * Where drafts go. `read` throws `NotToldYet`. `write` returns the new version, or throws `changed_meanwhile` where
 * `version` is not the last.
 */
export interface Place<T> {
  read: () => Promise<Version<T>>;
  write: (entered: T, before: Version<T>) => Promise<Version<T>>;
  late: (entered: T, before: T, error: RequestFailed) => Promise<void>;
}

export interface Shape<T> {
  empty: T;
  /** Out of whatever this device has kept; parts in another shape are as if they were not there. */
  parse: (kept: unknown) => T;
  /** What was changed here put on top of what others changed. Of words that both typed, nothing is lost. */
  merge: (before: T, mine: T, theirs: T) => T;
  /** Whether the server can keep all of it: half a date stays on this device. */
  isWhole: (draft: T) => boolean;
}

export interface Kept<T> {
  /** Null until the server, or this device, has said what was entered before. */
  draft: T | null;
  saving: Saving;
}

export class DraftKeeper<T extends object> {
  #kept: Kept<T>;
  #before: Version<T>;
  #unsaved = false;
  #untold = 0;
  #busy: Promise<void> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #key: string;
  readonly #storage: Storage;
  readonly #place: Place<T>;
  readonly #shape: Shape<T>;

  constructor(key: string, storage: Storage, place: Place<T>, shape: Shape<T>) {
    this.#key = key;
    this.#storage = storage;
    this.#place = place;
    this.#shape = shape;
    const here = this.#here();
    this.#before = here?.before ?? { entered: shape.empty, version: 0 };
    this.#kept = { draft: here?.draft ?? null, saving: "saved" };
    this.#unsaved = here !== null;
  }

  readonly state = (): Kept<T> => this.#kept;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Ask what the server has; what this device has beside that is sent. Returns whether the server said it. */
  async load(): Promise<boolean> {
    try {
      this.#take(await this.#place.read());
    } catch (error) {
      this.#untold = error instanceof NotToldYet ? this.#untold + 1 : UNTOLD_MAX;
      // Whoever waits in vain works on; versions tell later.
      if (this.#kept.draft === null && this.#untold >= UNTOLD_MAX) this.#put({ draft: this.#shape.empty, saving: "saved" });
      return false;
    }
    if (this.#unsaved) this.#later(0);
    return true;
  }

  readonly change = (changed: Partial<T>): void => {
    const draft = { ...(this.#kept.draft ?? this.#shape.empty), ...changed };
    this.#unsaved = true;
    this.#put({ draft, saving: this.#kept.saving === "over" ? "over" : "saving" });
    this.#keepHere();
    this.#later(PAUSE_MILLISECONDS);
  };

  /** What another tab has kept under our key; nothing of what is typed here is lost for it. */
  heard(text: string | null): void {
    const there = text === null ? null : this.#parsed(text);
    if (there === null || this.#unsaved) return;
    this.#put({ ...this.#kept, draft: there.draft });
  }

  /** Send now what is not sent yet. Throws what the server answers. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#busy !== null || this.#unsaved) {
      if (this.#busy === null) await this.#send();
      else await this.#busy;
    }
  }

  /** Send now what is not sent yet; what cannot be sent now is sent later. */
  settle(): Promise<void> {
    return this.#save();
  }

  /** Nothing is left to send and nobody looks: it may be forgotten. */
  get isDone(): boolean {
    return !this.#unsaved && this.#busy === null && this.#listeners.size === 0;
  }

  #take(stored: Version<T>): void {
    if (stored.version < this.#before.version) return; // an answer that came late
    const { draft } = this.#kept;
    const { entered } = this.#before;
    this.#before = stored;
    const after = draft === null || !this.#unsaved ? stored.entered : this.#shape.merge(entered, draft, stored.entered);
    this.#put({ ...this.#kept, draft: after });
    if (this.#unsaved) this.#keepHere();
  }

  #later(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#save(), milliseconds);
  }

  async #save(): Promise<void> {
    try {
      await this.flush();
    } catch {
      this.#put({ ...this.#kept, saving: "kept_here" });
      this.#later(AGAIN_MILLISECONDS);
    }
  }

  async #send(): Promise<void> {
    const sending = this.#write();
    this.#busy = sending.catch(() => undefined).finally(() => (this.#busy = null));
    await sending;
  }

  async #write(): Promise<void> {
    const { draft } = this.#kept;
    if (draft === null) return;
    try {
      this.#before = await this.#place.write(draft, this.#before);
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      if (error.code === "wrap_up_over") {
        await this.#over(draft, error);
        return;
      }
      if (error.code !== "changed_meanwhile") throw error;
      const before = this.#before.version;
      this.#take(await this.#place.read());
      if (this.#before.version === before) throw error; // not shown to us yet: later
      return;
    }
    if (this.#kept.draft !== draft) {
      this.#keepHere(); // typed on meanwhile: that goes next
      return;
    }
    this.#unsaved = false;
    if (this.#shape.isWhole(draft)) dropKept(this.#storage, this.#key);
    else this.#keepHere();
    this.#put({ draft, saving: "saved" });
  }

  async #over(draft: T, error: RequestFailed): Promise<void> {
    await this.#place.late(draft, this.#before.entered, error); // until then it is kept here
    this.#before = { ...this.#before, entered: draft };
    if (this.#kept.draft !== draft) return;
    this.#unsaved = false;
    dropKept(this.#storage, this.#key);
    this.#put({ draft, saving: "over" });
  }

  #keepHere(): void {
    keep(this.#storage, this.#key, { draft: this.#kept.draft, before: this.#before });
  }

  #here(): { draft: T; before: Version<T> } | null {
    const text = kept(this.#storage, this.#key);
    return text === null ? null : this.#parsed(text);
  }

  #parsed(text: string): { draft: T; before: Version<T> } | null {
    let told: unknown;
    try {
      told = JSON.parse(text);
    } catch {
      return null; // damaged: what the server has counts
    }
    if (typeof told !== "object" || told === null || !("draft" in told)) return null;
    const before = "before" in told && typeof told.before === "object" && told.before !== null ? told.before : {};
    const version = "version" in before && typeof before.version === "number" ? before.version : 0;
    const entered = this.#shape.parse("entered" in before ? before.entered : null);
    return { draft: this.#shape.parse(told.draft), before: { entered, version } };
  }

  #put(state: Kept<T>): void {
    this.#kept = state;
    for (const listener of this.#listeners) listener();
  }
}
