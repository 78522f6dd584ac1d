import { useWords } from "../../app/words";
import { type Named, useNames } from "./requests";

/** For a centre that has not named reasons of its own. */
const USUAL = ["break", "lunch", "training"] as const;

/** Why an agent may take no contacts: the centre's own reasons, or the usual ones. */
export function useNotReadyReasons(): readonly Named[] {
  const { say } = useWords();
  const { data: named } = useNames("not_ready_reasons");
  return named !== undefined && named.length > 0 ? named : USUAL.map((id) => ({ id, name: say(`reason.${id}`) }));
}

/** A reason as people read it; one that nobody has named is shown as it is. */
export function useReasonShown(id: string | null): string {
  return useNotReadyReasons().find((one) => one.id === id)?.name ?? id ?? "";
}
