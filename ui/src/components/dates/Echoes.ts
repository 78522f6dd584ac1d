const AWAITED_MAX = 16;

/**
 * Tells what a caller gives by itself from what comes back of what was typed. An address bar gives it back later, when more
 * is typed already: taken for something new, it would overwrite that.
 */
export class Echoes {
  #told = "";
  #awaited: string[] = [];
  #adopted = -1;

  /** Whether `value` was typed here and told, so that the caller only gives it back. */
  isAwaited(value: string): boolean {
    return this.#awaited.includes(value);
  }

  /** Whether the caller has to be told `written`; what the caller gave, the `adopted`-th time, it knows. */
  isNews(written: string, adopted: number): boolean {
    if (adopted !== this.#adopted) {
      this.#adopted = adopted;
      this.#told = written;
      this.#awaited = [];
      return false;
    }
    if (written === this.#told) return false;
    this.#told = written;
    this.#awaited = [...this.#awaited, written].slice(-AWAITED_MAX);
    return true;
  }

  /** The caller has `value`. */
  came(value: string): void {
    if (value === this.#told) this.#awaited = [];
  }
}
