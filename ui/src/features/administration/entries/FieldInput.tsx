import { Input, MultiSelect, NumberInput, Select, Stack, Switch, TagsInput, TextInput, Textarea } from "@mantine/core";
import { useWords } from "../../../app/words";
import type { Document, Entry, Json } from "../contract";
import { HolidaysInput } from "./HolidaysInput";
import { LevelsInput } from "./LevelsInput";
import { PromptInput } from "./PromptInput";
import { DestinationInput } from "./rules/DestinationInput";
import { destinationIn, destinationOf, nextAfter, overflowIn, relaxationIn, written } from "./rules/queueRules";
import { RelaxedSkills } from "./rules/RelaxedSkills";
import { StepsInput } from "./rules/StepsInput";
import { type Field, ZONES } from "./sections";
import { levelsIn, optionShown, periodsIn, tableIn, textsIn } from "./shown";
import { at, entriesOf, idOf, nameOf, withValue } from "./values";
import { WeeklyInput } from "./WeeklyInput";

interface Given {
  field: Field;
  entry: Entry;
  document: Document;
  problems: readonly string[];
  change: (entry: Entry) => void;
  disabled: boolean;
}

/** One field of an entry, as its kind wants it; what is wrong with it is said below it. */
export function FieldInput({ field, entry, document, problems, change, disabled }: Given) {
  const { say } = useWords();
  const value = at(entry, field.path);
  const put = (to: Json | undefined) => change(withValue(entry, field.path, to));
  const common = {
    label: say(field.label),
    description: field.hint === undefined ? undefined : say(field.hint),
    error: problems.length === 0 ? undefined : <bdi>{problems.join(" · ")}</bdi>,
    disabled,
  };
  switch (field.kind) {
    case "text":
      return <TextField field={field} common={common} value={value} put={put} />;
    case "whole":
      return <WholeField field={field} common={common} value={value} put={put} />;
    case "flag":
      return <Switch {...common} checked={(value ?? field.otherwise) === true} onChange={(event) => put(event.currentTarget.checked)} />;
    case "one_of":
      return (
        <Select
          {...common} allowDeselect={false} value={typeof value === "string" ? value : field.otherwise}
          data={field.options.map((one) => ({ value: one, label: optionShown(field.says, one, say) }))}
          onChange={(to) => put(to ?? undefined)}
        />
      );
    case "several":
      return (
        <MultiSelect
          {...common} value={textsIn(value)} onChange={(to) => put(to.length === 0 ? undefined : to)}
          data={field.options.map((one) => ({ value: one, label: optionShown(field.says, one, say) }))}
        />
      );
    case "entry":
      return (
        <Select
          {...common} searchable clearable={field.needed !== true} required={field.needed === true}
          value={typeof value === "string" ? value : null} nothingFoundMessage={say("table.none")}
          data={entriesOf(document, field.section).map((one) => ({ value: idOf(field.section, one), label: nameOf(field.section, one) }))}
          onChange={(to) => put(to ?? undefined)}
        />
      );
    case "levels":
      return <LevelsInput {...common} field={field} levels={levelsIn(value)} document={document} put={put} />;
    case "zone":
      return (
        <Select
          {...common} searchable required limit={50} value={typeof value === "string" ? value : null} dir="ltr"
          data={ZONES} onChange={(to) => put(to ?? undefined)}
        />
      );
    case "weekly":
      return <WeeklyInput {...common} periods={periodsIn(value)} put={(to) => put(to.map((one) => ({ ...one })))} />;
    case "holidays":
      return <HolidaysInput {...common} holidays={tableIn(value)} put={put} />;
    case "sound":
      return <PromptInput {...common} entry={entry} change={change} />;
    case "destination":
      return (
        <Input.Wrapper label={common.label} description={common.description} error={common.error} labelElement="div">
          <DestinationInput
            label={common.label} value={destinationIn(value) ?? destinationIn({ ...field.otherwise }) ?? destinationOf("disconnect")}
            document={document} disabled={disabled} put={(to) => put({ ...to })}
          />
        </Input.Wrapper>
      );
    case "overflow": {
      const steps = overflowIn(value);
      return (
        <StepsInput {...common} steps={steps} begin={() => ({ after_seconds: nextAfter(steps), to: destinationOf("callback") })} put={(to) => put(written(to))}>
          {(step, change, name) => <DestinationInput label={name} value={step.to} document={document} disabled={disabled} put={(to) => change({ ...step, to })} />}
        </StepsInput>
      );
    }
    case "relaxation": {
      const steps = relaxationIn(value);
      return (
        <StepsInput {...common} steps={steps} begin={() => ({ after_seconds: nextAfter(steps), drop: [], lower: {} })} put={(to) => put(written(to))}>
          {(step, change, name) => <RelaxedSkills step={step} change={change} name={name} document={document} disabled={disabled} />}
        </StepsInput>
      );
    }
    case "optional": {
      const isOn = value !== undefined && value !== null;
      return (
        <Stack gap="sm">
          <Switch {...common} checked={isOn} onChange={(event) => put(event.currentTarget.checked ? { ...field.begin } : undefined)} />
          {isOn && (
            <Stack gap="sm" ps="md">
              {field.fields.map((one) => <FieldInput key={one.path.join(".")} field={one} entry={entry} document={document} problems={[]} change={change} disabled={disabled} />)}
            </Stack>
          )}
        </Stack>
      );
    }
    case "codes":
      return <TagsInput {...common} dir="ltr" value={textsIn(value)} onChange={(to) => put(to.length === 0 ? undefined : to)} />;
  }
}

type Of<Kind extends Field["kind"]> = Extract<Field, { kind: Kind }>;
export interface InputCommon {
  label: string;
  description: string | undefined;
  error: React.ReactNode;
  disabled: boolean;
}
interface Part<Kind extends Field["kind"]> {
  field: Of<Kind>;
  common: InputCommon;
  value: Json | undefined;
  put: (to: Json | undefined) => void;
}

function TextField({ field, common, value, put }: Part<"text">) {
  const text = typeof value === "string" ? value : "";
  const given = {
    ...common, value: text, required: field.needed === true,
    ...(field.code === true ? { dir: "ltr" as const } : {}),
    onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => put(event.currentTarget.value === "" ? undefined : event.currentTarget.value),
  };
  return field.lines === undefined ? <TextInput {...given} /> : <Textarea {...given} autosize minRows={field.lines} />;
}

function WholeField({ field, common, value, put }: Part<"whole">) {
  const { say } = useWords();
  const shown = value === undefined ? field.otherwise : value;
  return (
    <NumberInput
      {...common} value={typeof shown === "number" ? shown : ""} allowDecimal={false} min={field.least ?? 0} hideControls
      rightSection={field.unit === undefined ? null : <Input.Description component="span">{say(`unit_short.${field.unit}`)}</Input.Description>}
      rightSectionWidth={44}
      onChange={(to) => put(typeof to === "number" ? to : field.otherwise === null || to === "" ? null : to)}
    />
  );
}

