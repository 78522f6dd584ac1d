/**
 * What the pages need of the agent's phone; the phone itself (a state machine and its SIP) knows no React.
 *
 * The floor rings the phone for an offer: `answer` accepts it. Everything that concerns the conversation as a whole
 * (transfer, conference, pause of the recording) is asked of the floor, not of the phone.
 */

/** What POST /api/agents/{agent}/sign-in answers. `socket` is a path of this origin. */
export interface Credentials {
  username: string;
  password: string;
  sip_host: string;
  sip_port: number;
  socket: string;
}

export type Line =
  | "off" // nobody has started a shift here
  | "connecting"
  | "ready" // registered: the floor can ring
  | "lost" // connecting again by itself; a call may go on
  | "elsewhere"; // another tab or device of the same agent has taken the phone over

/** Why something does not work, each with words of its own for the agent. */
export type Trouble =
  | "microphone_refused" | "microphone_missing" | "microphone_silent" | "network_changed" | "no_sound_in"
  | "no_sound_out" | "speaker_refused" | "unsupported";

export interface Call {
  state: "ringing" | "connecting" | "talking" | "held";
  /** ISO 8601, by this device's clock. */
  since: string;
  muted: boolean;
  /** The phone hears itself, before the shift: nobody else is in this call. */
  test: boolean;
}

export interface Quality {
  /** As people judge it: none, from round-trip time, jitter and loss of the last seconds. */
  score: "good" | "fair" | "poor";
  loss: number;
  jitter_ms: number;
  round_trip_ms: number | null;
  /** Of the last second, 0 to 1. */
  level_in: number;
  level_out: number;
}

export interface Device {
  id: string;
  label: string;
}

export interface PhoneState {
  line: Line;
  call: Call | null;
  trouble: Trouble | null;
  quality: Quality | null;
  microphones: readonly Device[];
  speakers: readonly Device[];
  microphone: string | null;
  speaker: string | null;
}

/** The agent's phone in this page. `state` gives the same object until something has changed. */
export interface Phone {
  readonly state: () => PhoneState;
  readonly subscribe: (listener: () => void) => () => void;
  /** Register and stay so, through lost connections, until `stop`. */
  start: (credentials: Credentials) => void;
  stop: () => void;
  /** Ask for the microphone, so that the browser's question does not come with the first caller. */
  prepare: () => Promise<void>;
  answer: () => void;
  hangUp: () => void;
  hold: () => void;
  resume: () => void;
  mute: (muted: boolean) => void;
  /** One of 0-9, * and #. */
  press: (key: string) => void;
  chooseMicrophone: (id: string) => void;
  chooseSpeaker: (id: string) => void;
}
