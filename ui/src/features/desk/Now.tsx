import { Group, Loader, Stack, Text, Textarea, Title } from "@mantine/core";
import { useRef } from "react";
import { useWords } from "../../app/words";
import type { AgentValue, InHand } from "../../live/values";
import styles from "./DeskPage.module.css";
import { Idle } from "./Idle";
import type { useDesk } from "./PhoneProvider";
import { type ProjectScript, useScript } from "./requests";
import { ScriptPanel } from "./ScriptPanel";
import { SHORTCUTS, useShortcuts } from "./shortcuts";
import { NOTE_CHARACTERS_MAX } from "./draft";
import { useDraft } from "./useDraft";
import { useContactProject } from "./useContactProject";
import { WrapUpForm } from "./WrapUpForm";

type DeskHere = NonNullable<ReturnType<typeof useDesk>>;

/** The one thing to do in this moment. */
export function Now({ desk, live, focus }: { desk: DeskHere; live: AgentValue | null; focus: InHand | null }) {
  if (focus === null) return <Idle desk={desk} live={live} />;
  return <InFocus desk={desk} focus={focus} />;
}

function InFocus({ desk, focus }: { desk: DeskHere; focus: InHand }) {
  const { say } = useWords();
  const project = useContactProject(focus.contact);
  const inHand = useDraft(desk.agent, focus);
  const script = useScript(project, inHand?.draft.script ?? null);
  const note = useRef<HTMLTextAreaElement>(null);
  useShortcuts({ note: () => note.current?.focus() });
  if (inHand === null) return <Loader aria-label={say("now.loading")} />;
  if (focus.state === "wrapping_up") {
    return <WrapUpForm desk={desk} focus={focus} script={script.data ?? null} inHand={inHand} noteRef={note} />;
  }
  const { draft, change, saving } = inHand;
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <Title order={2} id="now" className={styles["title"] ?? ""}>{say(focus.state === "offered" ? "now.coming" : "now.script")}</Title>
        <Text size="sm" className="quiet" role="status">{say(`saving.${saving}`)}</Text>
      </Group>
      <ScriptPanel
        contact={focus.contact} script={script.data ?? null} failed={script.error} events={draft.events}
        isLive={focus.state !== "offered"} change={(events) => change({ events, script: draft.script ?? begun(script.data ?? null) })}
      />
      {focus.state !== "offered" && (
        <Textarea
          ref={note} autosize minRows={2} maxRows={8} maxLength={NOTE_CHARACTERS_MAX} value={draft.note} onChange={(event) => change({ note: event.currentTarget.value })}
          label={<>{say("wrap_up.note")} <kbd className="key">{SHORTCUTS.note.shown}</kbd></>}
        />
      )}
    </Stack>
  );
}

function begun(script: ProjectScript | null): { id: string; version: number } | null {
  return script?.script == null || script.version === null ? null : { id: script.script.id, version: script.version };
}
