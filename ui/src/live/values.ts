/** What the live state holds under each key, as `src/markaz/web/live/values.py` says it. Moments are ISO 8601, UTC. */

export interface FloorValue {
  telephony: string;
  spooling: boolean;
  silent: boolean;
}

/** What became of the contacts that entered a queue in a time; reports count the same way. Shares are 0 to 1. */
export interface LiveFigures {
  offered: number;
  answered: number;
  /** Within the queue's target, that moment included. */
  answered_in_time: number;
  abandoned: number;
  service_level: number | null;
  answer_mean_seconds: number | null;
}

export interface QueueValue {
  project: string;
  waiting: number;
  /** When the longest waiting contact began to wait. */
  waiting_since: string | null;
  paused: boolean;
  pause_reason: string | null;
  paused_since: string | null;
  /** Since midnight in the centre's zone. */
  today: LiveFigures;
  /** The present minute and the fourteen before. */
  recent: LiveFigures;
  /** How long whoever came last still waits; null when nobody waits, or no pace is known yet. */
  expected_wait_seconds: number | null;
  /** Within which an answer counts as in time. */
  target_seconds: number;
}

export type EngagementState =
  | "offered" | "connecting" | "in_conversation" | "on_hold" | "consulting" | "supervising" | "wrapping_up";

/** As what an agent takes part: the one who answers for it, who is asked, who joined, who supervises. */
export type Part = string;

export interface InHand {
  contact: string;
  offer: string;
  queue: string;
  channel: string;
  part: Part;
  state: EngagementState;
  since: string;
  /** When an offer is withdrawn, or the wrap-up ends by itself. */
  until: string | null;
}

export interface AgentValue {
  presence: "ready" | "not_ready" | "signed_out";
  state: string;
  since: string;
  reason: string | null;
  phone: boolean;
  queues: string[];
  contacts: InHand[];
  /** Serves other queues for now than the organisation says. */
  moved: boolean;
  /** What whoever last changed something for this agent says to them. */
  note: string | null;
}

export interface PartValue {
  agent: string | null;
  part: Part;
  state: EngagementState;
  since: string;
}

export interface ContactValue {
  state: string;
  since: string;
  arrived_at: string;
  channel: string;
  project: string;
  queue: string | null;
  customer: { number: string; name?: string | null };
  waiting_since: string | null;
  waited_seconds: number | null;
  parts: PartValue[];
  party: { number: string; state: string } | null;
  recording: "on" | "paused" | null;
  callback: string | null;
  follows: string | null;
}

/** The requests between the centre and a client. */
export interface RequestsValue {
  client: string;
  /** Grows with each change of any of them: look again. */
  changes: number;
  open: number;
  escalated: number;
  /** How many it is each side's turn to do something about. */
  of_centre: number;
  of_client: number;
}

export interface AnswerValue {
  contact: string;
  question: string;
  answer: number;
  queue: string | null;
  agent: string | null;
  at: string;
}

/** What customers answered about a project: the newest few, and since midnight in the centre's zone how many. */
export interface FeedbackValue {
  project: string;
  newest: AnswerValue[];
  today: number;
  today_mean: number | null;
}

export interface AlarmValue {
  kind:
    | "longest_wait" | "waiting" | "service_level" | "nobody_ready" | "in_wrap_up" | "not_ready" | "in_conversation"
    | "project_paused" | "telephony_away";
  /** A queue, an agent or a project, by the kind; "" for the floor. */
  subject: string;
  /** What was so when it rose: seconds, counts and shares by name. */
  parameters: Record<string, number>;
  /** What may help now: agents who are ready in another queue, where nobody waits. */
  cure: { from_queue: string; ready: number; agents: string[] } | null;
  risen_at: string;
  taken_by: string | null;
  taken_name: string | null;
  taken_at: string | null;
}

export type Values = Readonly<Record<string, unknown>>;
