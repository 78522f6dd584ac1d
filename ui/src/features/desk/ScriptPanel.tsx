import { Button, Group, NumberInput, Select, Stack, Text, TextInput, Textarea } from "@mantine/core";
import { Check, Circle, CornerUpLeft } from "lucide-react";
import { type RefObject, useMemo, useRef, useState } from "react";
import { useMe } from "../../app/session";
import { useWords } from "../../app/words";
import { DateField } from "../../components/DateFields";
import { Failure } from "../../components/Failure";
import { useLiveContact } from "../../live/live";
import styles from "./DeskPage.module.css";
import { useNameOf } from "./names";
import { useDesk } from "./PhoneProvider";
import type { ProjectScript } from "./requests";
import { type Ask, type Deviation, type Script, type ScriptEvent, type Step, advance, filled, fits, follow, requiredSentences, stepAtHand } from "./script";
import { SHORTCUTS, useShortcuts } from "./shortcuts";

interface Given {
  contact: string;
  script: ProjectScript | null;
  failed: unknown;
  events: readonly ScriptEvent[];
  /** False while the contact is only offered: the first sentence is shown, nothing can be ticked. */
  isLive: boolean;
  change: (events: ScriptEvent[]) => void;
}

/** What to say now, in large type; what was asked; the required sentences, ticked off. */
export function ScriptPanel({ contact, script, failed, events, isLive, change }: Given) {
  const { say } = useWords();
  if (script === null) return failed != null ? <Failure error={failed} /> : null;
  if (script.script === null) return <Text className="quiet">{say("script.none")}</Text>;
  return <Followed contact={contact} script={script.script} allowed={script.deviations} events={events} isLive={isLive} change={change} />;
}

function useValues(contact: string): Record<string, string> {
  const me = useMe();
  const live = useLiveContact(contact);
  const queue = useNameOf("queues", live?.queue ?? null);
  const project = useNameOf("projects", live?.project ?? null);
  const agent = useNameOf("agents", useDesk()?.agent ?? null);
  return { customer: live?.customer.number ?? "", customer_name: live?.customer.name ?? "", agent, queue, project, centre: me.centre.name };
}

function Followed({ contact, script, allowed, events, isLive, change }: {
  contact: string;
  script: Script;
  allowed: readonly Deviation[];
  events: readonly ScriptEvent[];
  isLive: boolean;
  change: (events: ScriptEvent[]) => void;
}) {
  const { say } = useWords();
  const known = useValues(contact);
  const progress = useMemo(() => follow(script, events, allowed), [script, events, allowed]);
  const name = stepAtHand(progress);
  const step = script.steps[name];
  const tell = (event: ScriptEvent) => {
    if (advance(script, progress, event, allowed) !== null) change([...events, event]);
  };
  const values = { ...known, ...progress.answers };
  const required = requiredSentences(script, progress, allowed);
  const before = progress.way.at(-2);
  return (
    <Stack gap="lg" lang={script.language ?? "en"} data-testid="script">
      {step !== undefined && (
        <StepAtHand key={`${name} ${progress.way.length}`} name={name} step={step} values={values} allowed={allowed} isLive={isLive} known={progress.answers} tell={tell} />
      )}
      {isLive && before !== undefined && (
        <div>
          <Button variant="subtle" color="gray" size="compact-sm" leftSection={<CornerUpLeft size={14} aria-hidden />} onClick={() => tell({ type: "went", step: before })}>
            {say("script.back")}
          </Button>
        </div>
      )}
      {required.length > 0 && (
        <ul aria-label={say("script.required")}>
          {required.map((one) => (
            <li key={one.step} className={styles["required"]} data-done={one.done}>
              {one.done ? <Check size={16} aria-hidden /> : <Circle size={16} aria-hidden />}
              <span className="unseen">{say(one.done ? "script.said" : "script.to_say")}</span>
              <bdi>{filled(one.text, values)}</bdi>
            </li>
          ))}
        </ul>
      )}
    </Stack>
  );
}

function StepAtHand({ name, step, values, allowed, isLive, known, tell }: {
  name: string;
  step: Step;
  values: Record<string, string>;
  allowed: readonly Deviation[];
  isLive: boolean;
  known: Readonly<Record<string, string>>;
  tell: (event: ScriptEvent) => void;
}) {
  const { say } = useWords();
  const text = filled(step.text ?? "", values);
  const spoken = text === "" ? null : <p className={styles["say"]} dir="auto">{text}</p>;
  if (!isLive) return spoken;
  switch (step.type) {
    case "say":
      return (
        <Stack>
          {spoken}
          <SaidButtons required={step.required === true} allowed={allowed} said={(how) => tell({ type: "said", step: name, how })} />
        </Stack>
      );
    case "ask":
      return <Question name={name} step={step} spoken={spoken} known={known[step.field] ?? ""} maySkip={allowed.includes("skip_fields")} tell={tell} />;
    case "choose":
      return (
        <Stack>
          {spoken}
          <Group gap="sm">
            {Object.keys(step.options).map((option) => (
              <Button key={option} variant="default" size="md" onClick={() => tell({ type: "chose", step: name, option })}><bdi>{option}</bdi></Button>
            ))}
          </Group>
        </Stack>
      );
    case "end":
      return <Stack>{spoken}<Text className="quiet">{say("script.end")}</Text></Stack>;
  }
}

function SaidButtons({ required, allowed, said }: { required: boolean; allowed: readonly Deviation[]; said: (how: "written" | "own_words" | "skipped") => void }) {
  const { say } = useWords();
  useShortcuts({ next: () => said("written") });
  return (
    <Group gap="sm">
      <Button size="md" onClick={() => said("written")} rightSection={<kbd className="key">{SHORTCUTS.next.shown}</kbd>}>{say(required ? "script.i_said" : "script.next")}</Button>
      {required && allowed.includes("own_words") && <Button variant="default" onClick={() => said("own_words")}>{say("script.own_words")}</Button>}
      {required && allowed.includes("skip_sentences") && <Button variant="subtle" onClick={() => said("skipped")}>{say("script.skip")}</Button>}
    </Group>
  );
}

function Question({ name, step, spoken, known, maySkip, tell }: {
  name: string;
  step: Ask;
  spoken: React.ReactNode;
  known: string;
  maySkip: boolean;
  tell: (event: ScriptEvent) => void;
}) {
  const { say } = useWords();
  const [value, setValue] = useState(known);
  const [tried, setTried] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const isFit = fits(step, value);
  const next = () => {
    setTried(true);
    if (isFit) tell({ type: "answered", step: name, value: value === "" ? null : value });
    else field.current?.focus();
  };
  useShortcuts({ next });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        next();
      }}
    >
      <Stack>
        {spoken}
        <Answer step={step} value={value} setValue={setValue} fieldRef={field} error={tried && !isFit ? say(`answer.${step.kind ?? "text"}`) : null} />
        <Group gap="sm">
          <Button type="submit" size="md" rightSection={<kbd className="key">Enter</kbd>}>{say("script.next")}</Button>
          {step.required === true && maySkip && (
            <Button variant="subtle" onClick={() => tell({ type: "answered", step: name, value: null })}>{say("script.skip")}</Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}

function Answer({ step, value, setValue, fieldRef, error }: {
  step: Ask;
  value: string;
  setValue: (value: string) => void;
  fieldRef: RefObject<HTMLInputElement | null>;
  error: string | null;
}) {
  const { say } = useWords();
  const shared = { label: say("answer.label"), error, required: step.required === true, autoFocus: true, maw: 420, size: "md" } as const;
  const typed = { ...shared, value, ref: fieldRef, onChange: (event: { currentTarget: { value: string } }) => setValue(event.currentTarget.value) };
  switch (step.kind ?? "text") {
    case "number":
      return <NumberInput {...shared} ref={fieldRef} dir="ltr" value={value} hideControls onChange={(given) => setValue(String(given))} />;
    case "date":
      return <DateField {...shared} ref={fieldRef} value={value} onChange={setValue} />;
    case "telephone":
      return <TextInput {...typed} type="tel" dir="ltr" />;
    case "email":
      return <TextInput {...typed} type="email" dir="ltr" />;
    case "yes_no":
      return (
        <Select {...shared} ref={fieldRef} value={value || null} onChange={(given) => setValue(given ?? "")}
          data={[{ value: "yes", label: say("answer.yes") }, { value: "no", label: say("answer.no") }]} />
      );
    case "one_of":
      return <Select {...shared} ref={fieldRef} searchable value={value || null} data={step.options ?? []} onChange={(given) => setValue(given ?? "")} />;
    case "text":
      return (
        <Textarea {...shared} autosize minRows={1} value={value} onChange={(event) => setValue(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey) return;
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }} />
      );
  }
}
