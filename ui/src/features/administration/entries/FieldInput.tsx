import { Input, MultiSelect, NumberInput, Select, Switch, TagsInput, TextInput, Textarea } from "@mantine/core";
import { useWords } from "../../../app/words";
import type { Document, Entry, Json } from "../contract";
import { HolidaysInput } from "./HolidaysInput";
import { LevelsInput } from "./LevelsInput";
import { PromptInput } from "./PromptInput";
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

