/** One recording being played: the play that it is heard in the name of, where it is, how fast, and who is heard. */

import { BOTH, type Mix } from "./picture";
import { beginPlay } from "./requests";
import { type Sides, sidesOf } from "./sides";

export interface SoundState {
  at: number;
  isOn: boolean;
  isWaiting: boolean;
  error: unknown;
  mix: Mix;
  rate: number;
}

/** Outside React, as the live store is. Nothing is fetched before somebody plays; a play that has ended is begun anew. */
export class Sound {
  private readonly recording: string;
  private state: SoundState = { at: 0, isOn: false, isWaiting: false, error: null, mix: BOTH, rate: 1 };
  private readonly listeners = new Set<() => void>();
  private element: HTMLAudioElement | null = null;
  private sides: Sides | null = null;
  private frame = 0;

  constructor(recording: string) {
    this.recording = recording;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly now = (): SoundState => this.state;

  /** The page's element; null when the page is left. */
  readonly attach = (element: HTMLAudioElement | null): void => {
    cancelAnimationFrame(this.frame);
    this.sides?.close();
    this.sides = null;
    this.element = element;
    if (element === null) return;
    element.addEventListener("play", () => { this.put({ isOn: true }); this.follow(); });
    for (const name of ["pause", "ended"]) element.addEventListener(name, () => { this.stopFollowing(); this.put({ isOn: false }); });
    element.addEventListener("seeked", () => this.put({ at: element.currentTime }));
  };

  readonly toggle = (): void => {
    if (this.state.isWaiting) return;
    if (this.element?.paused === false) this.element.pause();
    else void this.start();
  };

  readonly seek = (seconds: number): void => {
    this.put({ at: seconds });
    if (this.element !== null && this.element.src !== "") this.element.currentTime = seconds;
  };

  readonly setMix = (mix: Mix): void => {
    this.put({ mix });
    this.sides?.mix(mix);
  };

  readonly setSpeed = (rate: number): void => {
    this.put({ rate });
    if (this.element !== null) this.element.playbackRate = rate;
  };

  private async start(): Promise<void> {
    const { element } = this;
    if (element === null) return;
    this.put({ error: null, isWaiting: true });
    try {
      const { at } = this.state;
      if (element.src === "" || element.error !== null) {
        element.src = await beginPlay(this.recording, "play");
        element.currentTime = at;
      }
      this.sides ??= sidesOf(element);
      this.sides.mix(this.state.mix);
      await this.sides.wake();
      element.playbackRate = this.state.rate;
      await element.play();
    } catch (error) {
      this.put({ error });
    } finally {
      this.put({ isWaiting: false });
    }
  }

  private follow(): void {
    this.stopFollowing();
    const look = () => {
      this.put({ at: this.element?.currentTime ?? 0 });
      this.frame = requestAnimationFrame(look);
    };
    look();
  }

  private stopFollowing(): void {
    cancelAnimationFrame(this.frame);
    this.put({ at: this.element?.currentTime ?? this.state.at });
  }

  private put(changed: Partial<SoundState>): void {
    this.state = { ...this.state, ...changed };
    for (const listener of this.listeners) listener();
  }
}
