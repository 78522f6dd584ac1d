import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import type { Draft } from "./draft";
import { DraftKeeper, type Saving } from "./DraftKeeper";
import { saveForm, useContact } from "./requests";

export interface DraftInHand {
  draft: Draft;
  change: (changed: Partial<Draft>) => void;
  saving: Saving;
}

/** What is entered about `contact`, kept as it is typed; null while it is not known what was entered before. */
export function useDraft(contact: string): DraftInHand | null {
  const queries = useQueryClient();
  const story = useContact(contact);
  const [keeper] = useState(
    () =>
      new DraftKeeper(contact, localStorage, async (draft) => {
        await saveForm(contact, draft);
        void queries.invalidateQueries({ queryKey: ["contact", contact], refetchType: "none" });
      }),
  );
  const { draft, saving } = useSyncExternalStore(keeper.subscribe, keeper.state);
  const form = story.data?.form?.values;
  const isKnown = story.data !== undefined || story.isError; // while it cannot be asked for, one begins anew
  useEffect(() => {
    if (isKnown) keeper.load(form);
  }, [form, isKnown, keeper]);
  useEffect(() => () => keeper.leave(), [keeper]);
  return draft === null ? null : { draft, change: keeper.change, saving };
}
