/** Puts a number live: hours first, then the number with all that it needs, then its recording. */

import { useMutation } from "@tanstack/react-query";
import { type Document, type Edited, type Entry, type NumberMade, request } from "../contract";
import { uploadSound } from "../entries/PromptInput";
import { useRefresh } from "../organisation";
import { type Draft, asked, hoursFor, withHours } from "./draft";

export interface Made extends NumberMade {
  /** The changes that it took, to be undone from the last one on. */
  versions: number[];
  everything: string[];
  /** Changed beside what is new: agents who serve the new queue, a project that has a script now. */
  touched: string[];
}

const IN_ONE_CHANGE = "/api/organisation/changes";

async function make(document: Document, draft: Draft, sound: File | null): Promise<Made> {
  const wanted = asked(document, draft);
  const hours = hoursFor(document, draft);
  // Everything is tried first, so that a number that is refused leaves no calendar behind.
  await request<NumberMade>("post", "/api/numbers/quick?dry_run=true", { body: wanted });
  const steps: Edited[] = [];
  if (hours !== null) steps.push(await request<Edited>("post", IN_ONE_CHANGE, { body: { edits: hours.edits } }));
  const made = await request<NumberMade>("post", "/api/numbers/quick", { body: wanted });
  steps.push(made);
  const idIn = (section: string) => made.added.find((one) => one.startsWith(`${section}.`))?.slice(section.length + 1);
  const [flow, prompt] = [idIn("flows"), idIn("prompts")];
  if (hours !== null && flow !== undefined) {
    const entry = await request<Entry>("get", `/api/organisation/flows/${encodeURIComponent(flow)}`);
    steps.push(await request<Edited>("post", IN_ONE_CHANGE, { body: { edits: [{ section: "flows", id: flow, entry: withHours(entry, hours) }] } }));
  }
  if (sound !== null && prompt !== undefined) steps.push(await uploadSound(prompt, sound));
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
