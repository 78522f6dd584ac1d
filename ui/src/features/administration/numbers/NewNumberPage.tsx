import {
  Alert, Button, FileButton, Group, MultiSelect, SegmentedControl, Select, Skeleton, Stack, Switch, Text, TextInput, Textarea, Title,
} from "@mantine/core";
import { Check, Plus, Upload } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { RequestFailed } from "../../../api/problems";
import { Failure } from "../../../components/Failure";
import { usePreferences, useWords } from "../../../app/words";
import type { Document, Section } from "../contract";
import { HolidaysInput } from "../entries/HolidaysInput";
import { LANGUAGE_OPTIONS, ZONES } from "../entries/sections";
import { optionShown } from "../entries/shown";
import { entriesOf, find, idOf, nameIn, nameOf } from "../entries/values";
import { WeeklyInput } from "../entries/WeeklyInput";
import { useOrganisation } from "../organisation";
import { type Draft, FIELDS, type FormField, hasScript, placed, wrongWith } from "./draft";
import { LiveNow } from "./LiveNow";
import { useMaking } from "./making";
import styles from "./NewNumberPage.module.css";
import { Preview } from "./Preview";

const LINES_MAX = 20;
const WORKING_WEEK = [{ days: [0, 1, 2, 3, 4], since: "09:00", until: "18:00" }];

function blank(document: Document, language: string): Draft {
  const [client] = entriesOf(document, "clients");
  return {
    number: "", name: "", project: null, isNewProject: entriesOf(document, "projects").length === 0,
    client: client === undefined ? null : idOf("clients", client), isNewClient: client === undefined, clientName: "",
    language, greeting: "", isNewQueue: true, queue: null, agents: [], lines: ["", ""], hours: "always", calendar: null,
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone, weekly: WORKING_WEEK, holidays: {}, closed: "", isRecorded: true,
  };
}

/** A new number in five minutes: one form for everything it needs, and beside it what a caller will meet. */
export function NewNumberPage() {
  const { data: document, error, refetch } = useOrganisation();
  const { preferences } = usePreferences();
  const [round, setRound] = useState(0);
  if (error !== null && document === undefined) return <Failure error={error} retry={() => void refetch()} />;
  if (document === undefined) return <Stack maw={680}><Skeleton h={28} w={280} /><Skeleton h={160} /><Skeleton h={160} /></Stack>;
  return <Form key={round} document={document} first={blank(document, preferences.locale)} again={() => setRound(round + 1)} />;
}

function Form({ document, first, again }: { document: Document; first: Draft; again: () => void }) {
  const { say } = useWords();
  const [draft, setDraft] = useState(first);
  const [sound, setSound] = useState<File | null>(null);
  const [tried, setTried] = useState(false);
  const making = useMaking();
  const form = useRef<HTMLFormElement>(null);
  const put = (change: Partial<Draft>) => { setDraft({ ...draft, ...change }); if (making.error !== null) making.reset(); };
  const wrong = wrongWith(document, draft);
  const refused = making.error instanceof RequestFailed ? placed(making.error.problems) : {};
  const errorOf = (field: FormField): string | undefined => {
    const found = wrong[field];
    if (tried && found !== undefined) return say(`quick.wrong.${found}`);
    return refused[field];
  };
  const submit = () => {
    setTried(true);
    if (Object.keys(wrong).length > 0) requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
    else making.mutate({ document, draft, sound }, { onError: () => requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus()) });
  };
  if (making.data !== undefined) return <LiveNow made={making.data} document={document} draft={draft} again={again} />;
  const isPlaced = FIELDS.some((field) => refused[field] !== undefined);
  const options = (section: Section) => entriesOf(document, section).map((entry) => ({ value: idOf(section, entry), label: nameOf(section, entry) }));
  const script = draft.project === null ? undefined : find(document, "projects", draft.project)?.["script"];
  return (
    <form ref={form} noValidate className={styles["page"]} onSubmit={(event) => { event.preventDefault(); submit(); }}>
      <Stack gap="md">
        <Stack gap={0}>
          <Title order={1}>{say("quick.title")}</Title>
          <Text className="quiet">{say("quick.text")}</Text>
        </Stack>
        <Part n={1} title={say("quick.number")} done={["number", "name", "project", "client", "clientName"].every((field) => wrong[field as FormField] === undefined)}>
          <Group grow align="start">
            <TextInput
              label={say("field.number")} placeholder="+1 800 555 01 42" dir="ltr" inputMode="tel" required autoFocus value={draft.number}
              error={errorOf("number")} onChange={(event) => put({ number: event.currentTarget.value })}
            />
            <TextInput label={say("quick.name")} required value={draft.name} error={errorOf("name")} onChange={(event) => put({ name: event.currentTarget.value })} />
          </Group>
          {entriesOf(document, "projects").length > 0 && (
            <Either label={say("field.project")} isNew={draft.isNewProject} put={(isNewProject) => put({ isNewProject })} old={say("quick.project.old")} fresh={say("quick.project.new")} />
          )}
          {!draft.isNewProject
            ? <Select searchable aria-label={say("field.project")} placeholder={say("quick.project.choose")} data={options("projects")} value={draft.project} error={errorOf("project")} onChange={(project) => put({ project })} />
            : (
              <Group grow align="start">
                <Select
                  label={say("field.client")} required value={draft.isNewClient ? "" : draft.client} error={errorOf("client")}
                  data={[...options("clients"), { value: "", label: say("quick.client.new") }]}
                  onChange={(client) => put(client === "" ? { isNewClient: true } : { isNewClient: false, client })}
                />
                {draft.isNewClient && <TextInput label={say("quick.client.name")} required value={draft.clientName} error={errorOf("clientName")} onChange={(event) => put({ clientName: event.currentTarget.value })} />}
              </Group>
            )}
        </Part>
        <Part n={2} title={say("quick.greeting")} done={wrong.greeting === undefined}>
          <Textarea
            label={say("quick.greeting.text")} description={sound === null ? undefined : say("quick.greeting.read")} required autosize minRows={2} value={draft.greeting}
            placeholder={say("quick.greeting.example")} error={errorOf("greeting")} onChange={(event) => put({ greeting: event.currentTarget.value })}
          />
          <Group gap="md" align="end">
            <Select
              label={say("field.language")} w={160} allowDeselect={false} value={draft.language} onChange={(language) => put({ language: language ?? draft.language })}
              data={LANGUAGE_OPTIONS.map((one) => ({ value: one, label: optionShown("language_name", one, say as never) }))}
            />
            <FileButton accept="audio/wav,.wav" onChange={setSound}>
              {(given) => <Button {...given} variant="default" leftSection={<Upload size={16} aria-hidden />}>{say("prompt.upload")}</Button>}
            </FileButton>
            {sound !== null && <Group gap="xs"><bdi className="cut">{sound.name}</bdi><Button variant="subtle" size="compact-sm" onClick={() => setSound(null)}>{say("quick.greeting.speak")}</Button></Group>}
          </Group>
        </Part>
        <Part n={3} title={say("quick.queue")} done={wrong.queue === undefined && wrong.agents === undefined}>
          {entriesOf(document, "queues").length > 0 && (
            <Either label={say("quick.queue")} isNew={draft.isNewQueue} put={(isNewQueue) => put({ isNewQueue })} old={say("quick.queue.old")} fresh={say("quick.queue.new")} />
          )}
          {draft.isNewQueue
            ? (
              <>
                <MultiSelect searchable hidePickedOptions label={say("quick.agents")} required data={options("agents")} value={draft.agents} error={errorOf("agents") ?? errorOf("queue")} onChange={(agents) => put({ agents })} />
                <Switch label={say("field.record")} checked={draft.isRecorded} onChange={(event) => put({ isRecorded: event.currentTarget.checked })} />
              </>
            )
            : <Select searchable aria-label={say("quick.queue")} placeholder={say("quick.queue.choose")} data={options("queues")} value={draft.queue} error={errorOf("queue")} onChange={(queue) => put({ queue })} />}
        </Part>
        <Part n={4} title={say("quick.script")} done={hasScript(document, draft) || draft.lines.some((line) => line.trim() !== "")}>
          {hasScript(document, draft) && typeof script === "string"
            ? <Text>{say("quick.script.has", { name: nameIn(document, "scripts", script) })}</Text>
            : <Lines lines={draft.lines} error={errorOf("lines")} put={(lines) => put({ lines })} />}
        </Part>
        <Part n={5} title={say("quick.hours")} done={["calendar", "weekly", "closed"].every((field) => wrong[field as FormField] === undefined)}>
          <SegmentedControl
            aria-label={say("quick.hours")} value={draft.hours} onChange={(hours) => put({ hours: hours as Draft["hours"] })}
            data={[
              { value: "always", label: say("quick.hours.always") },
              ...(entriesOf(document, "calendars").length > 0 ? [{ value: "calendar", label: say("quick.hours.calendar") }] : []),
              { value: "new", label: say("quick.hours.new") },
            ]}
          />
          {draft.hours === "calendar" && <Select label={say("quick.hours.calendar")} required data={options("calendars")} value={draft.calendar} error={errorOf("calendar")} onChange={(calendar) => put({ calendar })} />}
          {draft.hours === "new" && (
            <>
              <Select label={say("field.zone")} searchable limit={50} dir="ltr" allowDeselect={false} error={errorOf("zone")} value={draft.zone} data={ZONES} onChange={(zone) => put({ zone: zone ?? draft.zone })} />
              <WeeklyInput label={say("field.weekly")} description={undefined} error={errorOf("weekly")} disabled={false} periods={draft.weekly} put={(weekly) => put({ weekly: [...weekly] })} />
              <HolidaysInput label={say("field.holidays")} description={undefined} error={errorOf("holidays")} disabled={false} holidays={draft.holidays} put={(holidays) => put({ holidays })} />
            </>
          )}
          {draft.hours !== "always" && <Textarea label={say("quick.closed")} required autosize minRows={2} placeholder={say("quick.closed.example")} value={draft.closed} error={errorOf("closed")} onChange={(event) => put({ closed: event.currentTarget.value })} />}
        </Part>
        {refused[""] !== undefined && <Alert color="red" title={say("form.wrong")}><bdi>{refused[""]}</bdi></Alert>}
        {making.error !== null && !isPlaced && refused[""] === undefined && <Failure error={making.error} />}
        <Group>
          <Button type="submit" size="md" loading={making.isPending}>{say("quick.do")}</Button>
          {tried && Object.keys(wrong).length > 0 && <Text c="red" role="status">{say("quick.missing", { count: Object.keys(wrong).length })}</Text>}
        </Group>
      </Stack>
      <Preview draft={draft} document={document} sound={sound} />
    </form>
  );
}

function Part({ n, title, done, children }: { n: number; title: string; done: boolean; children: ReactNode }) {
  const { intl } = useWords();
  return (
    <section className={`panel ${styles["part"] ?? ""}`} data-done={done} aria-label={title}>
      <span className={styles["ordinal"]} aria-hidden>{done ? <Check size={14} /> : intl.formatNumber(n)}</span>
      <div><Title order={2}>{title}</Title>{children}</div>
    </section>
  );
}

function Either({ label, isNew, put, old, fresh }: { label: string; isNew: boolean; put: (isNew: boolean) => void; old: string; fresh: string }) {
  return (
    <SegmentedControl
      aria-label={label} style={{ alignSelf: "start" }} value={isNew ? "new" : "old"} onChange={(to) => put(to === "new")}
      data={[{ value: "old", label: old }, { value: "new", label: fresh }]}
    />
  );
}

function Lines({ lines, error, put }: { lines: readonly string[]; error: string | undefined; put: (to: string[]) => void }) {
  const { say } = useWords();
  return (
    <>
      <Text size="sm" className="quiet">{say("quick.script.text")}</Text>
      {lines.map((line, n) => (
        <TextInput
          key={n} label={say("quick.script.line", { n: n + 1 })} value={line} error={n === 0 ? error : undefined}
          placeholder={n === 0 ? say("quick.script.example") : undefined}
          onChange={(event) => put(lines.map((one, place) => (place === n ? event.currentTarget.value : one)))}
        />
      ))}
      {lines.length < LINES_MAX && (
        <Button variant="subtle" size="compact-sm" style={{ alignSelf: "start" }} leftSection={<Plus size={14} aria-hidden />} onClick={() => put([...lines, ""])}>{say("quick.script.more")}</Button>
      )}
    </>
  );
}
