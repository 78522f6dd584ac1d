import { Group, Input } from "@mantine/core";
import { Suspense, lazy, useState } from "react";
import type { FieldGiven } from "./dates/given";
import { momentOf, partsOf } from "./dates/parts";
import { useWords } from "../app/words";

const load = () => import("./dates/inputs");
const DateInput = lazy(async () => ({ default: (await load()).DateInput }));
const TimeInput = lazy(async () => ({ default: (await load()).TimeInput }));

/** Fetch what the fields need before one is shown, so that one that is shown while the connection is lost is there. */
export function fetchDateFields(): void {
  load().catch(() => undefined); // it is asked for again, and its failure told, where a field is shown
}

/** A day as "YYYY-MM-DD", typed in the reader's calendar and digits, or chosen in a month. */
export function DateField(given: FieldGiven) {
  return <Suspense fallback={<Waiting {...given} />}><DateInput {...given} /></Suspense>;
}

/** A time as "HH:MM", typed as the page shows times. */
export function TimeField(given: FieldGiven) {
  return <Suspense fallback={<Waiting {...given} />}><TimeInput {...given} /></Suspense>;
}

/** A day and a time as "YYYY-MM-DDTHH:MM"; "" while one of them is missing. */
export function DateTimeField({ value, onChange, label }: { value: string; onChange: (value: string) => void; label: string }) {
  const { say } = useWords();
  const [given, setGiven] = useState(value);
  const [parts, setParts] = useState(() => partsOf(value));
  if (value !== given) {
    setGiven(value);
    if (value !== momentOf(parts)) setParts(partsOf(value)); // half of it may be typed: that is "" for the caller
  }
  const put = (changed: Partial<typeof parts>) => {
    const to = { ...parts, ...changed };
    setParts(to);
    onChange(momentOf(to));
  };
  return (
    <Input.Wrapper label={label} labelElement="div" role="group" aria-label={label}>
      <Group gap="sm" wrap="nowrap" align="start">
        <DateField aria-label={say("date.of", { field: label })} value={parts.day} onChange={(day) => put({ day })} />
        <TimeField aria-label={say("time.of", { field: label })} value={parts.time} onChange={(time) => put({ time })} />
      </Group>
    </Input.Wrapper>
  );
}

/** The place of a field until it is there. */
function Waiting({ label, description, required, withAsterisk, size, w, maw }: FieldGiven) {
  return (
    <Input.Wrapper label={label} description={description} required={required === true || withAsterisk === true} size={size ?? "sm"} labelElement="div" w={w} maw={maw} aria-busy>
      <Input component="div" size={size ?? "sm"} withAria={false} />
    </Input.Wrapper>
  );
}
