/** What an agent has in hand, out of the live state. Pure. */

import type { AgentValue, InHand } from "../../live/values";

export interface Hand {
  /** Held out to the agent; one at a time. */
  offer: InHand | null;
  /** The conversation going on, in whatever state. */
  talking: InHand | null;
  /** The work after a conversation. */
  wrapUp: InHand | null;
  all: readonly InHand[];
}

const TALKING = new Set(["connecting", "in_conversation", "on_hold", "consulting", "supervising"]);

export function handOf(agent: AgentValue | null): Hand {
  const all = agent?.contacts ?? [];
  return {
    offer: all.find((one) => one.state === "offered") ?? null,
    talking: all.find((one) => TALKING.has(one.state)) ?? null,
    wrapUp: all.find((one) => one.state === "wrapping_up") ?? null,
    all,
  };
}

/** What the middle of the desk is about: the conversation before the wrap-up, the wrap-up before an offer. */
export function focusOf(hand: Hand): InHand | null {
  return hand.talking ?? hand.wrapUp ?? hand.offer;
}
