/** One call of the phone: JsSIP's session, kept through what must not end it, and how it sounds. */
import type { RTCSession } from "jssip/lib/RTCSession";
import type { IncomingRequest } from "jssip/lib/SIPMessage";
import { type Sample, sampleOf } from "./quality";
import { type Meter, createMeter } from "./sound";

/** The user that a test of the phone seems to be called by. */
const TEST = "echo";
const GATHERING_MS_MAX = 150;
const TONE_MS = 120;
const GAP_MS = 80;
const AGAIN_MS = 50;
const RTP_TIMEOUT = "RTP Timeout";

export interface CallHearer {
  readonly talking: () => void;
  readonly ended: () => void;
  readonly held: (held: boolean) => void;
}

export class SipCall {
  readonly id: string;
  /** The floor asks the phone to answer by itself. */
  readonly isAutomatic: boolean;
  readonly isTest: boolean;
  private isMuted = false;
  private microphone: MediaStream | null = null;
  private meterIn: Meter | null = null;
  private meterOut: Meter | null = null;
  private again: ReturnType<typeof setTimeout> | undefined;
  private readonly session: RTCSession;
  private readonly audio: HTMLAudioElement;
  private readonly context: AudioContext;
  private readonly terminate: RTCSession["terminate"];

  constructor(
    session: RTCSession, request: IncomingRequest, audio: HTMLAudioElement, context: AudioContext, hearer: CallHearer,
  ) {
    this.session = session;
    this.audio = audio;
    this.context = context;
    this.id = session.id;
    this.isAutomatic = /answer-after=0/.test(request.getHeader("Call-Info"));
    this.isTest = session.remote_identity.uri.user === TEST;
    this.terminate = session.terminate.bind(session);
    // JsSIP hangs up by itself when no sound gets through. The floor knows better what becomes of the customer.
    session.terminate = (options) => {
      if (options?.cause !== RTP_TIMEOUT) this.terminate(options);
    };
    session.on("peerconnection", ({ peerconnection }) => this.connect(peerconnection));
    session.on("icecandidate", ({ ready }) => setTimeout(ready, GATHERING_MS_MAX));
    session.on("confirmed", () => {
      if (this.isMuted) session.mute({ audio: true }); // it lets every track speak when a call begins
      hearer.talking();
    });
    session.on("hold", ({ originator }) => { if (isOurs(originator)) hearer.held(true); });
    session.on("unhold", ({ originator }) => { if (isOurs(originator)) hearer.held(false); });
    const over = () => {
      this.free();
      hearer.ended();
    };
    session.on("ended", over);
    session.on("failed", over);
  }

  /** None before it is answered, whatever the types say. */
  private get connection(): RTCPeerConnection | null {
    return this.session.connection;
  }

  get isOver(): boolean {
    return this.session.isEnded();
  }

  answer(microphone: MediaStream): void {
    this.microphone = microphone;
    this.meterOut = createMeter(this.context, microphone);
    // Not a word gets out before JsSIP can be told.
    for (const track of microphone.getAudioTracks()) track.enabled = !this.isMuted;
    this.session.answer({ mediaStream: microphone, pcConfig: { iceServers: [] } });
  }

  /** Refuse, or hang up: the person's own doing. */
  hangUp(): void {
    if (!this.isOver) this.terminate();
  }

  refuseAsBusy(): void {
    this.terminate({ status_code: 486 });
  }

  /** Let go without a word: the floor has ended this leg, or another page has the conversation now. */
  abandon(): void {
    this.session.terminate = () => undefined;
    this.connection?.close();
    this.free();
  }

  hold(): void {
    this.putOnHold(true);
  }

  resume(): void {
    this.putOnHold(false);
  }

  /** Before it is answered there is nothing to mute yet: it begins so. */
  mute(muted: boolean): void {
    this.isMuted = muted;
    if (this.connection === null) return;
    if (muted) this.session.mute({ audio: true });
    else this.session.unmute({ audio: true });
  }

  press(key: string): void {
    const sender = this.connection?.getSenders().find((one) => one.dtmf !== null); // RFC 4733
    sender?.dtmf?.insertDTMF(key, TONE_MS, GAP_MS);
  }

  /** The socket was lost and is back: tell Asterisk where the phone is now, and find a new way for the sound. */
  refresh(): void {
    const { connection } = this;
    if (!this.session.isEstablished() || connection === null) return;
    const isCut = ["disconnected", "failed"].includes(connection.iceConnectionState);
    this.session.renegotiate({ useUpdate: false, rtcOfferConstraints: { iceRestart: isCut } });
  }

  async change(microphone: MediaStream): Promise<void> {
    const track = microphone.getAudioTracks()[0];
    const sender = this.connection?.getSenders().find((one) => one.track?.kind === "audio");
    if (track === undefined || sender === undefined) return;
    track.enabled = sender.track?.enabled ?? true;
    await sender.replaceTrack(track);
    this.meterOut?.close();
    stop(this.microphone);
    this.microphone = microphone;
    this.meterOut = createMeter(this.context, microphone);
  }

  async sample(at: number): Promise<Sample | null> {
    const { connection } = this;
    if (connection === null || connection.connectionState === "closed") return null;
    const counted: RTCStats[] = [];
    (await connection.getStats()).forEach((one: RTCStats) => counted.push(one));
    return sampleOf(counted, at, { levelIn: this.meterIn?.level() ?? 0, levelOut: this.meterOut?.level() ?? 0 });
  }

  /** JsSIP refuses while the other side has not agreed to the change before: a resume that soon must not be lost. */
  private putOnHold(held: boolean): void {
    clearTimeout(this.again);
    if (!this.session.isEstablished() || this.session.isOnHold().local === held) return;
    const isTaken = held ? this.session.hold() : this.session.unhold();
    if (!isTaken) this.again = setTimeout(() => this.putOnHold(held), AGAIN_MS);
  }

  private connect(connection: RTCPeerConnection): void {
    connection.addEventListener("track", ({ track, streams }) => {
      const stream = streams[0] ?? new MediaStream([track]);
      this.audio.srcObject = stream; // Chromium plays, and measures, nothing that is in no element
      void this.audio.play().catch(() => undefined);
      this.meterIn?.close();
      this.meterIn = createMeter(this.context, stream);
    });
  }

  private free(): void {
    clearTimeout(this.again);
    stop(this.microphone);
    this.microphone = null;
    this.meterIn?.close();
    this.meterOut?.close();
  }
}

function isOurs(originator: string): boolean {
  return originator === "local";
}

function stop(stream: MediaStream | null): void {
  stream?.getTracks().forEach((track) => track.stop());
}
