/** Where the server keeps what an agent enters. */

import { ask } from "../../api/client";
import { callbackMoment, chosenOf } from "./callback";
import { FORM, type FormDraft, type WrapUpDraft } from "./draft";
import { NotToldYet, type Place, type Version } from "./DraftKeeper";
import { addNote, promiseCallback } from "./requests";

const of = encodeURIComponent;

interface FormKept {
  values: unknown;
  version: number;
  behind: boolean;
}

export function formPlace(contact: string): Place<FormDraft> {
  const path = `/api/contacts/${of(contact)}/form`;
  const told = ({ values, version }: FormKept): Version<FormDraft> => ({ entered: FORM.parse(values), version });
  return {
    read: async () => {
      const form: FormKept = await ask("GET", path);
      if (form.behind) throw new NotToldYet();
      return told(form);
    },
    write: async (values, { version }) => told(await ask("PUT", path, { values, version })),
    late: () => Promise.resolve(), // a contact's form stays open
  };
}

interface WrapUpKept {
  note: string;
  disposition: string | null;
  next_action: string;
  callback: { at: string; number: string } | null;
  version: number;
}

/** `wrote` is told after each write; `tell` what could not be kept as it was meant. What comes too late becomes a note. */
export function wrapUpPlace(agent: string, offer: string, contact: string, wrote: () => void, tell: (error: unknown) => void): Place<WrapUpDraft> {
  const path = `/api/agents/${of(agent)}/wrap-ups/${of(offer)}`;
  const told = ({ version, callback, note, disposition, next_action }: WrapUpKept): Version<WrapUpDraft> => ({
    entered: { note, disposition, next_action, callback: callback === null ? null : chosenOf(callback.at, callback.number) },
    version,
  });
  const late = async (entered: WrapUpDraft, before: WrapUpDraft) => {
    const words = [entered.note !== before.note ? entered.note : "", entered.next_action !== before.next_action ? entered.next_action : ""];
    const text = words.map((one) => one.trim()).filter((one) => one !== "").join("\n");
    if (text !== "") await addNote(contact, text, `late-note-${offer}-${mark(text)}`);
    const when = callbackOf(entered);
    if (when !== null && JSON.stringify(entered.callback) !== JSON.stringify(before.callback)) {
      const at = Date.parse(when.at) > Date.now() ? when.at : new Date().toISOString(); // a moment that is past means at once
      await promiseCallback(contact, { ...when, at }, entered.next_action, `late-callback-${offer}-${mark(JSON.stringify(when))}`);
    }
    wrote();
  };
  return {
    read: async () => told(await ask("GET", path)),
    write: async (entered, before) => {
      const { note, disposition, next_action } = entered;
      const body = { note, disposition, next_action, callback: callbackOf(entered), version: before.version };
      const after = told(await ask("PUT", path, body));
      wrote();
      return after;
    },
    late: async (entered, before, error) => {
      await late(entered, before);
      tell(error);
    },
  };
}

/** The call back as it can be promised; a moment that has passed is kept too, and means at once. */
function callbackOf({ callback }: WrapUpDraft): { at: string; number: string } | null {
  const at = callback === null ? null : callbackMoment(callback, 0);
  return callback === null || at === null ? null : { at, number: callback.number };
}

/** Of the same words the same: another text is another note. */
function mark(text: string): string {
  let found = 0;
  for (const letter of text) found = (Math.imul(found, 31) + (letter.codePointAt(0) ?? 0)) >>> 0;
  return found.toString(36);
}
