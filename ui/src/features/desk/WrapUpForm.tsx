import { Button, Checkbox, Group, Select, Stack, Text, TextInput, Textarea, Title } from "@mantine/core";
import { type RefObject, useMemo, useState } from "react";
import { useWords } from "../../app/words";
import { Until } from "../../components/Duration";
import { showFailure } from "../../components/FailureToast";
import type { InHand } from "../../live/values";
import { CallbackFields } from "./CallbackFields";
import { callbackMoment } from "./callback";
import { type Draft, NOTE_CHARACTERS_MAX } from "./draft";
import { type useDesk } from "./PhoneProvider";
import type { Disposition, ProjectScript } from "./requests";
import { SHORTCUTS, useShortcuts } from "./shortcuts";
import { suggested } from "./suggested";
import { useCustomerNumber } from "./useCustomerNumber";
import type { DraftInHand } from "./useDraft";

const NEXT_ACTION_CHARACTERS_MAX = 1_000;
const KEYS = ["first", "second", "third"] as const;

/** One form ends the work after a conversation: result, note, next action, callback. The server has what is there when time ends it. */
export function WrapUpForm({ desk, focus, script, inHand, noteRef }: {
  desk: NonNullable<ReturnType<typeof useDesk>>;
  focus: InHand;
  script: ProjectScript | null;
  inHand: DraftInHand;
  noteRef: RefObject<HTMLTextAreaElement | null>;
}) {
  const { say } = useWords();
  const { draft, change, saving, flush } = inHand;
  const number = useCustomerNumber(focus.contact) ?? "";
  const dispositions = script?.dispositions ?? [];
  const three = useMemo(() => suggested(script, draft.events), [script, draft.events]);
  const chosen = dispositions.find(({ id }) => id === draft.disposition) ?? null;
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const missing = missingIn(draft, chosen, dispositions.length > 0);

  const finish = async () => {
    setBusy(true);
    try {
      await flush(); // what was entered goes first: the wrap-up ends when all of it is stored
      await desk.commands.wrapUp(focus.contact, draft.disposition);
    } catch (error) {
      showFailure(error);
    } finally {
      setBusy(false);
    }
  };
  const submit = () => {
    setTried(true);
    if (missing.length === 0) void finish();
  };
  const pick = (n: number) => () => {
    const disposition = three[n];
    if (disposition !== undefined) change({ disposition: disposition.id });
  };
  useShortcuts({ finish: submit, first: pick(0), second: pick(1), third: pick(2) });

  return (
    <form
      data-testid="wrap-up"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack gap="lg" maw={640}>
        <Group justify="space-between">
          <Title order={2} id="now">{say("wrap_up.title")}</Title>
          <Text size="sm" className="quiet">
            {say(`saving.${saving}`)}
            {focus.until !== null && <> · {say("wrap_up.ends_in")} <b><Until moment={focus.until} /></b></>}
          </Text>
        </Group>
        {dispositions.length > 0 && (
          <Stack gap="sm">
            <Text fw={600} id="wrap-up-result">{say("wrap_up.result")}</Text>
            <Group gap="sm" role="group" aria-labelledby="wrap-up-result">
              {three.map((one, n) => (
                <Button
                  key={one.id} variant={draft.disposition === one.id ? "filled" : "default"} aria-pressed={draft.disposition === one.id}
                  onClick={() => change({ disposition: one.id })} rightSection={<kbd className="key">{SHORTCUTS[KEYS[n] ?? "first"].shown}</kbd>}
                >
                  <bdi>{one.label}</bdi>
                </Button>
              ))}
            </Group>
            {dispositions.length > three.length && (
              <Select
                searchable clearable aria-label={say("wrap_up.result")} placeholder={say("wrap_up.other_result")} value={draft.disposition}
                data={dispositions.map(({ id, label }) => ({ value: id, label }))} onChange={(disposition) => change({ disposition })}
              />
            )}
            {tried && missing.includes("disposition") && <Text c="var(--mantine-color-error)" role="alert">{say("wrap_up.result_missing")}</Text>}
          </Stack>
        )}
        <Textarea
          ref={noteRef} autosize minRows={3} maxRows={10} maxLength={NOTE_CHARACTERS_MAX} value={draft.note} required={chosen?.needs_note === true}
          label={<>{say("wrap_up.note")} <kbd className="key">{SHORTCUTS.note.shown}</kbd></>}
          error={tried && missing.includes("note") ? say("wrap_up.note_missing") : null}
          onChange={(event) => change({ note: event.currentTarget.value })}
        />
        <TextInput
          label={say("wrap_up.next_action")} maxLength={NEXT_ACTION_CHARACTERS_MAX} value={draft.next_action} required={chosen?.needs_next_action === true}
          error={tried && missing.includes("next_action") ? say("wrap_up.next_action_missing") : null}
          onChange={(event) => change({ next_action: event.currentTarget.value })}
        />
        <Checkbox
          label={say("wrap_up.callback")} checked={draft.callback !== null}
          onChange={(event) => change({ callback: event.currentTarget.checked ? { day: "", time: "", number } : null })}
        />
        {draft.callback !== null && (
          <CallbackFields callback={draft.callback} change={(callback) => change({ callback })} error={tried && missing.includes("callback")} />
        )}
        <Group>
          <Button type="submit" size="md" loading={busy} rightSection={<kbd className="key">{SHORTCUTS.finish.shown}</kbd>}>{say("wrap_up.finish")}</Button>
        </Group>
      </Stack>
    </form>
  );
}

type Missing = "disposition" | "note" | "next_action" | "callback";

function missingIn(draft: Draft, chosen: Disposition | null, hasDispositions: boolean): Missing[] {
  const missing: Missing[] = [];
  if (hasDispositions && chosen === null) missing.push("disposition");
  if (chosen?.needs_note === true && draft.note.trim() === "") missing.push("note");
  if (chosen?.needs_next_action === true && draft.next_action.trim() === "" && draft.callback === null) missing.push("next_action");
  if (draft.callback !== null && callbackMoment(draft.callback) === null) missing.push("callback");
  return missing;
}
