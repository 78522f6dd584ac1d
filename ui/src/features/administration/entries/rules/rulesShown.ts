/** Rules of queues in words, for lists, for what changed and for the history. */

import type { Json } from "../../contract";
import type { Saying } from "../shown";
import { nameIn } from "../values";
import { destinationIn, overflowIn, relaxationIn } from "./queueRules";

export function destinationShown(value: Json | undefined, { say, document }: Saying): string {
  const to = destinationIn(value);
  if (to === null) return "";
  const which = to.type === "queue" ? to["queue"] : to.type === "number" ? to["number"] : undefined;
  if (typeof which !== "string") return say(`destination.${to.type}`);
  return `${say(`destination.${to.type}`)}: ${to.type === "queue" ? nameIn(document, "queues", which) : `\u2066${which}\u2069`}`;
}

export function overflowShown(value: Json | undefined, saying: Saying): string {
  return overflowIn(value).map((one) => `${after(one.after_seconds, saying)} ${destinationShown({ ...one.to }, saying)}`).join("; ");
}

export function relaxationShown(value: Json | undefined, saying: Saying): string {
  const { say, intl, document } = saying;
  const words = relaxationIn(value).map((one) => {
    const parts = [
      ...Object.entries(one.lower).map(([skill, level]) => `${nameIn(document, "skills", skill)} ${intl.formatNumber(level)}`),
      ...one.drop.map((skill) => `${nameIn(document, "skills", skill)} ${say("rules.dropped")}`),
    ];
    return `${after(one.after_seconds, saying)} ${intl.formatList(parts)}`;
  });
  return words.join("; ");
}

function after(seconds: number, { say, intl }: Saying): string {
  return `${say("rules.after")} ${say("unit.seconds", { amount: intl.formatNumber(seconds) })}:`;
}
