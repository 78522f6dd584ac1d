import type { PrimitiveType } from "react-intl";
import type { MessageId } from "../../messages";

/** Why the floor gave a contact to an agent, in parts, as the journal has them. */
export interface Decision {
  agent: string;
  by: string;
  rule: string;
  free: number;
  passed_over: number;
}

/** The message that says so to the agent, and its values. */
export function reasonOf({ by, rule, free, passed_over }: Decision): [MessageId, Record<string, PrimitiveType>] {
  if (rule === "only_agent") return ["why.only_agent", {}];
  if (by === "agent") return ["why.freed", { passed: passed_over }];
  return [rule === "least_occupied" ? "why.least_occupied" : "why.longest_idle", { free }];
}
