/** The socket to `/api/live`: connects, connects again, and feeds the copy of the live state. */

import { pauseBefore } from "./pauses";
import { type LiveEvent, type LiveState, NOTHING, parse, reduce } from "./reducer";

const SESSION_ENDED = 4401;
const QUIET_MILLISECONDS_MAX = 25_000;
/** When nothing came for so long, a snapshot is asked for: a network that vanished tells nobody. */
const ANSWER_MILLISECONDS_MAX = 6_000;

export class LiveConnection {
  #state: LiveState = NOTHING;
  #socket: WebSocket | null = null;
  #attempts = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #url: string;
  readonly #whenEnded: () => void;

  /** `whenEnded` is called when the server says that the session is over. */
  constructor(url: string, whenEnded: () => void) {
    this.#url = url;
    this.#whenEnded = whenEnded;
  }

  readonly state = (): LiveState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Connect, and stay connected until `close`. */
  open(): void {
    window.addEventListener("online", this.#retryNow);
    window.addEventListener("offline", this.#networkGone);
    this.#connect();
  }

  close(): void {
    window.removeEventListener("online", this.#retryNow);
    window.removeEventListener("offline", this.#networkGone);
    clearTimeout(this.#timer);
    this.#drop();
  }

  readonly #retryNow = () => {
    if (this.#socket !== null || this.#state.connection === "ended") return;
    this.#attempts = 0;
    this.#connect();
  };

  readonly #networkGone = () => {
    if (this.#socket !== null) this.#lose();
  };

  #connect(): void {
    clearTimeout(this.#timer);
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => {
      this.#put({ type: "opened" });
      this.#listenFor(ANSWER_MILLISECONDS_MAX, () => this.#lose());
    };
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (typeof data === "string") this.#take(data);
    };
    socket.onclose = ({ code }) => {
      if (code === SESSION_ENDED) this.#end();
      else this.#lose();
    };
  }

  #take(text: string): void {
    const message = parse(text);
    if (message === null) return;
    this.#attempts = 0;
    this.#put({ type: "told", message });
    if (this.#state.missed) this.#ask();
    else this.#listenFor(QUIET_MILLISECONDS_MAX, () => this.#ask());
  }

  #ask(): void {
    this.#socket?.send('{"type":"again"}');
    this.#listenFor(ANSWER_MILLISECONDS_MAX, () => this.#lose());
  }

  #listenFor(milliseconds: number, otherwise: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(otherwise, milliseconds);
  }

  #lose(): void {
    this.#drop();
    this.#put({ type: "lost" });
    const pause = pauseBefore(this.#attempts, Math.random());
    this.#attempts += 1;
    this.#listenFor(pause, () => this.#connect());
  }

  #end(): void {
    this.#drop();
    clearTimeout(this.#timer);
    this.#put({ type: "ended" });
    this.#whenEnded();
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #put(event: LiveEvent): void {
    this.#state = reduce(this.#state, event);
    for (const listener of this.#listeners) listener();
  }
}
