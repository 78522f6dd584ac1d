/** The phone of a page: the state machine, its line, its call, its sound, and whoever has it of several pages. */
import type { RTCSession } from "jssip/lib/RTCSession";
import type { IncomingRequest } from "jssip/lib/SIPMessage";
import { SipCall } from "./calls";
import { type SipLine, openLine } from "./lines";
import { createOwnership } from "./ownership";
import { type Sample, type Silence, listen, qualityOf, silenceAt, troubleOf } from "./quality";
import { MicrophoneRefused, listDevices, onDevicesChanged, openMicrophone } from "./sound";
import { keepMuted, wasMuted } from "./muted";
import { OFF, type PhoneEvent, ofCall, step } from "./state";
import type { Credentials, Device, Phone, PhoneState, Quality } from "./types";

const SAMPLE_MS = 1000;
/** So long an answer that was given before the phone rang is good for. */
const EARLY_ANSWER_MS_MAX = 10_000;

export function createPhone(): Phone {
  return new Softphone();
}

class Softphone implements Phone {
  private core = OFF;
  private quality: Quality | null = null;
  private microphones: Device[] = [];
  private speakers: Device[] = [];
  private microphone: string | null = null;
  private speaker: string | null = null;
  private shown: PhoneState | null = null;
  private readonly listeners = new Set<() => void>();
  private readonly ownership = createOwnership((navigator as Partial<Navigator>).locks);
  private line: SipLine | null = null;
  private sipCall: SipCall | null = null;
  private sound: { audio: HTMLAudioElement; context: AudioContext } | null = null;
  private answeredEarlyAt: number | null = null;
  private before: Sample | null = null;
  private silence: Silence | null = null;
  private starts = 0;

  readonly state = (): PhoneState => {
    const { line, call, trouble } = this.core;
    this.shown ??= {
      line, trouble, call: call === null ? null : { ...call }, quality: this.quality, microphones: this.microphones,
      speakers: this.speakers, microphone: this.microphone, speaker: this.speaker,
    };
    return this.shown;
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  readonly start = (credentials: Credentials): void => {
    this.starts += 1;
    const mine = this.starts;
    this.line?.close();
    this.line = null;
    this.tell({ type: "started" });
    const taken = () => {
      if (mine === this.starts) this.letGo("taken");
    };
    void this.ownership.take(credentials.username, taken).then(() => {
      if (mine !== this.starts) return;
      this.line = openLine(credentials, {
        registered: this.registered,
        disconnected: () => this.tell({ type: "disconnected" }),
        replaced: taken,
        invited: this.invited,
      });
    });
  };

  readonly stop = (): void => {
    this.starts += 1;
    this.ownership.release();
    this.sipCall?.hangUp();
    this.letGo("stopped");
  };

  readonly prepare = async (): Promise<void> => {
    this.makeSound();
    try {
      const stream = await openMicrophone(this.microphone);
      stream.getTracks().forEach((track) => track.stop());
      this.tell({ type: "trouble", trouble: null });
    } catch (error) {
      this.refuse(error);
    }
    await this.lookForDevices();
    onDevicesChanged(this.devicesChanged);
  };

  readonly answer = (): void => {
    const call = this.sipCall;
    if (call === null || this.core.call?.state !== "ringing") {
      this.answeredEarlyAt = performance.now();
      return;
    }
    this.tell({ type: "answering", id: call.id });
    openMicrophone(this.microphone).then(
      (microphone) => {
        this.tell({ type: "trouble", trouble: null });
        if (call === this.sipCall && !call.isOver) call.answer(microphone);
        else microphone.getTracks().forEach((track) => track.stop());
      },
      (error: unknown) => {
        this.refuse(error);
        // The agent may allow it and answer again, as long as the floor lets the phone ring.
        if (call === this.sipCall) this.ring(call);
      },
    );
  };

  readonly hangUp = (): void => this.sipCall?.hangUp();
  readonly press = (key: string): void => this.sipCall?.press(key);
  readonly hold = (): void => {
    if (this.core.line === "ready" && this.core.call?.state === "talking") this.sipCall?.hold();
  };
  readonly resume = (): void => {
    if (this.core.line === "ready" && this.core.call?.state === "held") this.sipCall?.resume();
  };
  readonly mute = (muted: boolean): void => {
    if (this.core.call === null) return;
    this.sipCall?.mute(muted);
    keepMuted(muted);
    this.tell({ type: "muted", muted });
  };

  readonly chooseMicrophone = (id: string): void => {
    this.microphone = id;
    this.changed();
    if (this.core.call === null || this.core.call.state === "ringing") return;
    openMicrophone(id).then((stream) => this.sipCall?.change(stream), (error: unknown) => this.refuse(error));
  };

  readonly chooseSpeaker = (id: string): void => {
    this.speaker = id;
    this.changed();
    this.makeSound().audio.setSinkId(id).catch(() => this.tell({ type: "trouble", trouble: "speaker_refused" }));
  };

  private readonly registered = (): void => {
    const wasLost = this.core.line === "lost";
    this.tell({ type: "registered" });
    if (wasLost) this.sipCall?.refresh();
  };

  private readonly invited = (session: RTCSession, request: IncomingRequest): void => {
    const { audio, context } = this.makeSound();
    const call: SipCall = new SipCall(session, request, audio, context, {
      talking: () => this.talking(call),
      ended: () => this.ended(call),
      held: (held) => this.tell({ type: held ? "held" : "resumed", id: call.id }),
    });
    const before = this.sipCall;
    if (before !== null && !before.isTest && !call.isAutomatic) {
      call.refuseAsBusy(); // the floor rings nobody who talks
      return;
    }
    if (before !== null) {
      this.sipCall = null;
      if (before.isTest) before.hangUp();
      else before.abandon(); // the floor has rung again for the same conversation: the old leg is of no use
      this.tell({ type: "ended", id: before.id });
    }
    this.sipCall = call;
    this.ring(call);
    const early = this.answeredEarlyAt;
    const isAnswered = early !== null && performance.now() - early < EARLY_ANSWER_MS_MAX;
    if (call.isAutomatic || isAnswered) this.answer();
    this.answeredEarlyAt = null;
  };

  private ring(call: SipCall): void {
    // The phone is rung again for the same conversation: whoever was muted in it still is.
    const muted = call.isAutomatic && !call.isTest && wasMuted();
    if (muted) call.mute(true);
    else keepMuted(false);
    this.tell({ type: "invited", id: call.id, at: new Date().toISOString(), test: call.isTest, muted });
  }

  private talking(call: SipCall): void {
    this.tell({ type: "talking", id: call.id, at: new Date().toISOString() });
    this.before = null;
    this.silence = null;
    const timer = setInterval(() => {
      if (call !== this.sipCall) clearInterval(timer);
      else void this.measure(call);
    }, SAMPLE_MS);
  }

  private ended(call: SipCall): void {
    if (call !== this.sipCall) return;
    this.sipCall = null;
    this.quality = null;
    this.tell({ type: "ended", id: call.id });
  }

  private async measure(call: SipCall): Promise<void> {
    const at = performance.now();
    const now = await call.sample(at);
    if (now === null || call !== this.sipCall || this.core.call === null) return;
    const { state, muted } = this.core.call;
    const { before } = this;
    this.before = now;
    this.silence ??= silenceAt(at);
    if (before === null) return;
    this.silence = listen(this.silence, before, now, { isQuiet: state !== "talking", isMuted: muted });
    this.quality = qualityOf(before, now);
    this.changed();
    const trouble = troubleOf(this.silence, at);
    const isBeingRestored = this.core.trouble === "network_changed" && state === "talking" && now.received <= before.received;
    if (trouble !== null || (ofCall(this.core.trouble) && !isBeingRestored)) this.tell({ type: "trouble", trouble });
  }

  private letGo(why: "taken" | "stopped"): void {
    this.sipCall?.abandon();
    this.sipCall = null;
    this.quality = null;
    this.line?.close();
    this.line = null;
    this.tell({ type: why });
  }

  private makeSound(): { audio: HTMLAudioElement; context: AudioContext } {
    if (this.sound === null) {
      const audio = new Audio();
      audio.autoplay = true;
      this.sound = { audio, context: new AudioContext() };
    }
    if (this.sound.context.state === "suspended") void this.sound.context.resume();
    return this.sound;
  }

  private refuse(error: unknown): void {
    this.tell({ type: "trouble", trouble: error instanceof MicrophoneRefused ? error.trouble : "microphone_missing" });
  }

  private readonly devicesChanged = (): void => void this.lookForDevices();

  private async lookForDevices(): Promise<void> {
    ({ microphones: this.microphones, speakers: this.speakers } = await listDevices());
    this.changed();
  }

  private tell(event: PhoneEvent): void {
    const before = this.core;
    this.core = step(before, event);
    if (this.core !== before) this.changed();
  }

  private changed(): void {
    this.shown = null;
    for (const listener of this.listeners) listener();
  }
}
