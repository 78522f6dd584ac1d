/** The states that people see. Each has one colour and one shape everywhere (components/StateMark.tsx draws them). */

export type AgentState = "ready" | "offered" | "in_conversation" | "wrapping_up" | "not_ready" | "signed_out";
export type ShownState = AgentState | "alarm";

/** The floor's words for an agent (presence, or the busiest engagement) as one of the states that people see. */
export function shownState(state: string): AgentState {
  switch (state) {
    case "ready":
      return "ready";
    case "offered":
    case "connecting":
      return "offered";
    case "in_conversation":
    case "consulting":
    case "on_hold":
    case "supervising":
      return "in_conversation";
    case "wrapping_up":
      return "wrapping_up";
    case "not_ready":
      return "not_ready";
    default:
      return "signed_out";
  }
}
