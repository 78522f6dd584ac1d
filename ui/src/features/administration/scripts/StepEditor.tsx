import { ActionIcon, Alert, Button, Group, Input, SegmentedControl, Select, Stack, Switch, TagsInput, Text, TextInput, Textarea } from "@mantine/core";
import { ArrowRight, Plus, X } from "lucide-react";
import { useRef, useState } from "react";
import { useWords } from "../../../app/words";
import type { Document } from "../contract";
import { entriesOf, idOf, nameIn, nameOf } from "../entries/values";
import styles from "./ScriptPage.module.css";
import { type Ask, type Choose, type End, FIELD_KINDS, KINDS, type Script, type Step, VARIABLES, asKind, fieldsOf, renamed } from "./graph";

interface Given {
  script: Script;
  name: string;
  document: Document;
  problems: readonly string[];
  editable: boolean;
  choose: (name: string) => void;
  change: (step: Step) => void;
  rename: (script: Script, name: string) => void;
  begin: () => void;
}

/** One step: what is said, what is asked, where it leads. */
export function StepEditor({ script, name, document, problems, editable, choose, change, rename, begin }: Given) {
  const { say } = useWords();
  const step = script.steps[name];
  if (step === undefined) return null;
  return (
    <fieldset disabled={!editable} style={{ border: 0, padding: 0, margin: 0 }}><Stack gap="md">
      {problems.length > 0 && <Alert color="red" title={say("scripting.step_wrong")}><ul>{problems.map((one) => <li key={one} dir="auto">{one}</li>)}</ul></Alert>}
      <SegmentedControl
        fullWidth aria-label={say("scripting.kind")} value={step.type} disabled={!editable} onChange={(kind) => change(asKind(step, kind))}
        data={KINDS.map((kind) => ({ value: kind, label: say(`scripting.kind.${kind}`) }))}
      />
      <SaidText step={step} script={script} change={change} />
      {step.type === "say" && <Switch label={say("scripting.required_sentence")} description={say("scripting.required_sentence.hint")} checked={step.required === true} onChange={(event) => change({ ...step, required: event.currentTarget.checked })} />}
      {step.type === "ask" && <AskFields step={step} change={change} />}
      {step.type === "choose" && <Options step={step} script={script} change={change} choose={choose} />}
      {step.type === "end" && <EndFields step={step} script={script} document={document} change={change} />}
      {(step.type === "say" || step.type === "ask") && <Next label={say("scripting.next")} script={script} value={step.next} put={(next) => change({ ...step, next })} choose={choose} />}
      <Group align="end">
        <Name key={name} name={name} taken={(to) => script.steps[to] !== undefined} put={(to) => rename(renamed(script, name, to), to)} />
        {script.start === name ? <Text className="quiet" pb={8}>{say("scripting.start")}</Text> : <Button variant="default" onClick={begin}>{say("scripting.begin")}</Button>}
      </Group>
    </Stack></fieldset>
  );
}

function SaidText({ step, script, change }: { step: Step; script: Script; change: (step: Step) => void }) {
  const { say } = useWords();
  const area = useRef<HTMLTextAreaElement>(null);
  const text = step.text ?? "";
  const put = (to: string) => change(step.type === "end" ? { ...step, text: to === "" ? null : to } : { ...step, text: to });
  const insert = (variable: string) => {
    const { selectionStart = text.length, selectionEnd = text.length } = area.current ?? {};
    put(`${text.slice(0, selectionStart)}{${variable}}${text.slice(selectionEnd)}`);
    area.current?.focus();
  };
  return (
    <Stack gap="xs">
      <Textarea ref={area} label={say(`scripting.text.${step.type}`)} autosize minRows={2} dir="auto" value={text} onChange={(event) => put(event.currentTarget.value)} />
      <Group gap={4} aria-label={say("scripting.variables")} role="group">
        <Text size="sm" className="quiet">{say("scripting.variables")}</Text>
        {VARIABLES.map((variable) => (
          <Button key={variable} variant="default" size="compact-xs" dir="ltr" title={say(`variable.${variable}`)} onClick={() => insert(variable)}>{`{${variable}}`}</Button>
        ))}
        {fieldsOf(script).map((field) => (
          <Button key={field} variant="default" size="compact-xs" dir="ltr" onClick={() => insert(field)}>{`{${field}}`}</Button>
        ))}
      </Group>
    </Stack>
  );
}

function AskFields({ step, change }: { step: Ask; change: (step: Step) => void }) {
  const { say } = useWords();
  return (
    <>
      <Group grow align="start">
        <TextInput label={say("scripting.field")} description={say("scripting.field.hint")} dir="ltr" value={step.field} onChange={(event) => change({ ...step, field: event.currentTarget.value.toLowerCase().replaceAll(/[^a-z0-9_]/g, "_") })} />
        <Select
          label={say("scripting.answer")} description=" " allowDeselect={false} value={step.kind ?? "text"}
          data={FIELD_KINDS.map((kind) => ({ value: kind, label: say(`scripting.kind_of.${kind}`) }))}
          onChange={(kind) => {
            const { options, ...rest } = step;
            const chosen = FIELD_KINDS.find((one) => one === kind) ?? "text";
            change(chosen === "one_of" ? { ...rest, kind: chosen, options: options ?? [] } : { ...rest, kind: chosen });
          }}
        />
      </Group>
      {step.kind === "one_of" && <TagsInput label={say("scripting.answers")} description={say("scripting.answers.hint")} value={step.options ?? []} onChange={(options) => change({ ...step, options })} />}
      <Switch label={say("scripting.required_field")} checked={step.required === true} onChange={(event) => change({ ...step, required: event.currentTarget.checked })} />
    </>
  );
}

function Options({ step, script, change, choose }: { step: Choose; script: Script; change: (step: Step) => void; choose: (name: string) => void }) {
  const { say } = useWords();
  const options = Object.entries(step.options);
  const put = (to: readonly (readonly [string, string])[]) => change({ ...step, options: Object.fromEntries(to) });
  const free = () => { let n = options.length + 1; while (step.options[String(n)] !== undefined) n += 1; return String(n); };
  return (
    <Input.Wrapper label={say("scripting.options")} labelElement="div" role="group" aria-label={say("scripting.options")}>
      <Stack gap="xs" mt={4}>
        {options.map(([option, next], n) => (
          <Group key={n} gap="sm" wrap="nowrap" align="start">
            <OptionWords option={option} isTaken={(to) => to !== option && step.options[to] !== undefined} put={(to) => put(options.map((one, place) => (place === n ? [to, next] : one)))} />
            <Next label={say("scripting.option_next", { option })} bare script={script} value={next} put={(to) => put(options.map((one, place) => (place === n ? [option, to] : one)))} choose={choose} />
            <ActionIcon variant="subtle" color="gray" mt={4} aria-label={say("form.remove_named", { name: option })} onClick={() => put(options.filter((_, place) => place !== n))}><X size={16} aria-hidden /></ActionIcon>
          </Group>
        ))}
        <Button variant="default" size="xs" style={{ alignSelf: "start" }} leftSection={<Plus size={14} aria-hidden />} onClick={() => put([...options, [free(), options[0]?.[1] ?? ""]])}>{say("scripting.option_add")}</Button>
      </Stack>
    </Input.Wrapper>
  );
}

/** Two options never have the same words: what is typed counts when it is nobody else's. */
function OptionWords({ option, isTaken, put }: { option: string; isTaken: (to: string) => boolean; put: (to: string) => void }) {
  const { say } = useWords();
  const [typed, type] = useState(option);
  return (
    <TextInput
      style={{ flex: 1 }} aria-label={say("scripting.option")} value={typed} error={isTaken(typed) ? say("form.taken") : undefined} dir="auto"
      onChange={(event) => { type(event.currentTarget.value); if (!isTaken(event.currentTarget.value)) put(event.currentTarget.value); }}
    />
  );
}

function EndFields({ step, script, document, change }: { step: End; script: Script; document: Document; change: (step: Step) => void }) {
  const { say } = useWords();
  const projects = new Set(entriesOf(document, "projects").filter((project) => project["script"] === script.id).map((project) => idOf("projects", project)));
  const dispositions = entriesOf(document, "dispositions").filter((one) => projects.size === 0 || (typeof one["project"] === "string" && projects.has(one["project"])));
  return (
    <Select
      label={say("scripting.disposition")} description={say("scripting.disposition.hint")} clearable searchable value={step.disposition ?? null}
      data={dispositions.map((one) => ({ value: idOf("dispositions", one), label: projects.size === 1 ? nameOf("dispositions", one) : `${nameOf("dispositions", one)} · ${typeof one["project"] === "string" ? nameIn(document, "projects", one["project"]) : ""}` }))}
      onChange={(disposition) => change({ ...step, disposition })}
    />
  );
}

function Next({ label, bare = false, script, value, put, choose }: { label: string; bare?: boolean; script: Script; value: string; put: (to: string) => void; choose: (name: string) => void }) {
  const { say } = useWords();
  const data = Object.entries(script.steps).map(([name, step]) => ({ value: name, label: step.text == null || step.text === "" ? name : `${name}: ${step.text.slice(0, 40)}` }));
  return (
    <Group gap="xs" wrap="nowrap" align="end" style={{ flex: 1 }}>
      <Select {...(bare ? { "aria-label": label } : { label })} searchable allowDeselect={false} style={{ flex: 1 }} data={data} value={value === "" ? null : value} placeholder={say("scripting.next.choose")} onChange={(to) => { if (to !== null) put(to); }} />
      <ActionIcon variant="subtle" color="gray" mb={4} disabled={script.steps[value] === undefined} aria-label={say("scripting.go", { name: value })} onClick={() => choose(value)}><ArrowRight size={16} aria-hidden className={styles["forward"] ?? ""} /></ActionIcon>
    </Group>
  );
}

function Name({ name, taken, put }: { name: string; taken: (to: string) => boolean; put: (to: string) => void }) {
  const { say } = useWords();
  const [typed, type] = useState(name);
  const isTaken = typed !== name && taken(typed);
  return (
    <TextInput
      label={say("scripting.name")} dir="ltr" w={200} value={typed} error={isTaken ? say("form.taken") : undefined}
      onChange={(event) => type(event.currentTarget.value.replaceAll(/[^A-Za-z0-9_-]/g, "-"))}
      onBlur={() => { if (typed !== name && typed !== "" && !isTaken) put(typed); else type(name); }}
    />
  );
}
