/** What was done, in words; an action that these pages do not know yet stands as the server wrote it. */

import type { useWords } from "../../app/words";
import type { AuditEntry } from "../administration/contract";

const KNOWN = [
  "session.began", "session.refused", "session.ended", "user.changed", "user.removed", "user.link_made", "user.second_factor_reset",
  "invitation.made", "invitation.withdrawn", "invitation.accepted", "password.changed", "second_factor.added", "second_factor.removed",
  "key.made", "key.revoked", "recording.played", "organisation.changed",
  "agent.acted_for", "contact.supervised", "contact.taken_over", "project.paused", "project.resumed",
  "recording.exported", "recording.commented", "recording.comment_removed", "contacts.exported", "feedback.exported",
  "sample.agreed", "sample.committed", "sample.sealed", "sample.given", "sample.drawn", "sample.exported",
  "webhook.added", "webhook.changed", "webhook.secret_made", "webhook.removed",
  "agent.assigned", "agent.assignment_ended", "agent.told", "alarm.taken", "alarm.given_back", "alarm_rule.changed",
  "request.asked", "request.answered", "request.promised", "request.escalated", "request.accepted", "request.reopened", "request.withdrawn",
  "request.taken", "request.commented", "request.noted", "response_time.changed",
  "report.proposed", "report.agreed", "report.declined", "report.withdrawn", "report.ended", "report.exported", "report.recomputed", "report.corrected",
] as const;

export function actionShown(action: string, say: ReturnType<typeof useWords>["say"]): string {
  const known = KNOWN.find((one) => one === action);
  return known === undefined ? action : say(`audit.did.${known}`);
}

const ID_CHARACTERS_SHOWN = 12;

/** `user:8c0f…`: an id is for machines, and its beginning is enough to tell rows apart. */
export function subjectShown({ subject }: Pick<AuditEntry, "subject">): string {
  const [kind = "", ...rest] = subject.split(":");
  const id = rest.join(":");
  if (id === "") return subject;
  return `${kind}:${id.length > ID_CHARACTERS_SHOWN + 4 ? `${id.slice(0, ID_CHARACTERS_SHOWN)}…` : id}`;
}

/** The details in one line. */
export function detailsShown({ details }: Pick<AuditEntry, "details">): string {
  const parts = Object.entries(details).map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
  return parts.join(" · ");
}
