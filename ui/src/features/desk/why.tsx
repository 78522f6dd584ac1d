import { useMe } from "../../app/session";
import { useWords } from "../../app/words";
import { reasonOf } from "./reason";
import { useContact } from "./requests";

/** Why a contact came to this agent, or null while that is not known: the last decision that gave it to them. */
export function useWhy(contact: string | null): string | null {
  const { say } = useWords();
  const { agent } = useMe();
  const { data } = useContact(contact, agent);
  const decision = data?.explanation.findLast((line) => line.decision?.agent === agent)?.decision;
  return decision == null ? null : say(...reasonOf(decision));
}
