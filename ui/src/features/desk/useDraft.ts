import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { showFailure } from "../../components/FailureToast";
import type { InHand } from "../../live/values";
import { type Draft, FORM, type FormDraft, WRAP_UP, type WrapUpDraft } from "./draft";
import { DraftKeeper, type Saving } from "./DraftKeeper";
import { nameOf } from "./kept";
import { formPlace, wrapUpPlace } from "./places";

const AGAIN_MILLISECONDS = 500;
/** A customer who is passed on is not kept waiting for what was typed. */
const SENDING_MILLISECONDS_MAX = 1_500;
const SAVINGS: readonly Saving[] = ["over", "kept_here", "saving"];

export interface DraftInHand {
  draft: Draft;
  change: (changed: Partial<Draft>) => void;
  saving: Saving;
  /** Send now what is not sent yet. Throws `RequestFailed`. */
  flush: () => Promise<void>;
}

/** One keeper for each draft of this page: one that still has something to send goes on, and is found again. */
class Keepers<T extends object> {
  readonly #all = new Map<string, DraftKeeper<T>>();

  find(key: string): DraftKeeper<T> | undefined {
    return this.#all.get(key);
  }

  of(key: string, make: (key: string) => DraftKeeper<T>): DraftKeeper<T> {
    for (const [name, keeper] of this.#all) if (keeper.isDone) this.#all.delete(name);
    const keeper = this.#all.get(key) ?? make(key);
    this.#all.set(key, keeper);
    return keeper;
  }
}
const forms = new Keepers<FormDraft>();
const wrapUps = new Keepers<WrapUpDraft>();

const nameOfForm = (agent: string, contact: string): string => `${agent}.form.${contact}`;

/** What `agent` has entered in the contact's form goes before the contact does; what is not sent in a moment follows. */
export async function sendForm(agent: string, contact: string): Promise<void> {
  const sent = forms.find(nameOfForm(agent, contact))?.settle();
  const waited = new Promise((resolve) => setTimeout(resolve, SENDING_MILLISECONDS_MAX));
  await Promise.race([sent, waited]);
}

/** What `agent` enters about the contact in hand, kept as it is typed; null while it is not known what was before. */
export function useDraft(agent: string, { contact, offer, state }: InHand): DraftInHand | null {
  const queries = useQueryClient();
  const [keepers] = useState(() => {
    const stale = () => void queries.invalidateQueries({ queryKey: ["contact", contact], refetchType: "none" });
    return {
      form: forms.of(nameOfForm(agent, contact), (key) => new DraftKeeper(key, localStorage, formPlace(contact), FORM)),
      wrapUp: wrapUps.of(
        `${agent}.wrap-up.${offer}`,
        (key) => new DraftKeeper(key, localStorage, wrapUpPlace(agent, offer, contact, stale, showFailure), WRAP_UP),
      ),
    };
  });
  const form = useKeeper(keepers.form, nameOfForm(agent, contact), state);
  const wrapUp = useKeeper(keepers.wrapUp, `${agent}.wrap-up.${offer}`, state);
  return useMemo(() => {
    if (form.draft === null || wrapUp.draft === null) return null;
    return {
      draft: { ...form.draft, ...wrapUp.draft },
      change: (changed) => {
        const [ofForm, ofWrapUp] = split(changed);
        if (Object.keys(ofForm).length > 0) keepers.form.change(ofForm);
        if (Object.keys(ofWrapUp).length > 0) keepers.wrapUp.change(ofWrapUp);
      },
      saving: SAVINGS.find((one) => one === form.saving || one === wrapUp.saving) ?? "saved",
      flush: async () => {
        await keepers.form.flush();
        await keepers.wrapUp.flush();
      },
    };
  }, [form, keepers, wrapUp]);
}

/** Asks the server anew in each `state`: between the offer and its acceptance others may still have typed. */
function useKeeper<T extends object>(keeper: DraftKeeper<T>, key: string, state: InHand["state"]) {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isGone = false;
    const load = async () => {
      const isLoaded = await keeper.load();
      if (!isLoaded && !isGone) timer = setTimeout(() => void load(), AGAIN_MILLISECONDS);
    };
    const heard = (event: StorageEvent) => {
      if (event.key === nameOf(key)) keeper.heard(event.newValue);
    };
    void load();
    window.addEventListener("storage", heard);
    return () => {
      isGone = true;
      clearTimeout(timer);
      window.removeEventListener("storage", heard);
      void keeper.settle();
    };
  }, [keeper, key, state]);
  return useSyncExternalStore(keeper.subscribe, keeper.state);
}

function split({ script, events, ...wrapUp }: Partial<Draft>): [Partial<FormDraft>, Partial<WrapUpDraft>] {
  return [{ ...(script === undefined ? {} : { script }), ...(events === undefined ? {} : { events }) }, wrapUp];
}
