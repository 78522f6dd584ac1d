/** Puts a number live with all that it needs, then uploads the recording of its greeting. */

import { useMutation } from "@tanstack/react-query";
import { type Document, type Edited, type NumberMade, request } from "../contract";
import { uploadSound } from "../entries/PromptInput";
import { useRefresh } from "../organisation";
import { type Draft, asked } from "./draft";

export interface Made extends NumberMade {
  /** The changes that it took, to be undone from the last one on. */
  versions: number[];
  everything: string[];
  /** Changed beside what is new: agents who serve the new queue, a project that has a script now. */
  touched: string[];
}

async function make(document: Document, draft: Draft, sound: File | null): Promise<Made> {
  const made = await request<NumberMade>("post", "/api/numbers/quick", { body: asked(document, draft) });
  const steps: Edited[] = [made];
  if (sound !== null) steps.push(await uploadSound(made.greeting, sound));
  const everything = [...new Set(steps.flatMap((step) => step.added))];
  const touched = [...new Set(steps.flatMap((step) => step.changed))].filter((one) => !everything.includes(one));
  return { ...made, versions: steps.map((step) => step.version), everything, touched };
}

/** Failures are told in the form. */
export function useMaking() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ document, draft, sound }: { document: Document; draft: Draft; sound: File | null }) => make(document, draft, sound),
    onSettled: refresh,
    meta: { toldInPlace: true },
  });
}
