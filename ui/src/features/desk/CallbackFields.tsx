import { Group, Select, Text, TextInput } from "@mantine/core";
import { useMemo } from "react";
import { useWords } from "../../app/words";
import { TimeField } from "../../components/DateFields";
import { daysAhead } from "./callback";
import type { CallbackDraft } from "./draft";

/** When and where to call back. The days are in the agent's own calendar. */
export function CallbackFields({ callback, change, error }: { callback: CallbackDraft; change: (callback: CallbackDraft) => void; error: boolean }) {
  const { say, intl } = useWords();
  const days = useMemo(
    () =>
      daysAhead(new Date()).map((day, n) => ({
        value: day,
        label: n === 0 ? say("callback.today") : intl.formatDate(`${day}T12:00`, { weekday: "long", day: "numeric", month: "long" }),
      })),
    [intl, say],
  );
  return (
    <div>
      <Group grow align="start">
        <Select label={say("callback.day")} data={days} value={callback.day || null} required onChange={(day) => change({ ...callback, day: day ?? "" })} />
        <TimeField label={say("callback.time")} required value={callback.time} onChange={(time) => change({ ...callback, time })} />
        <TextInput label={say("callback.number")} type="tel" dir="ltr" required value={callback.number} onChange={(event) => change({ ...callback, number: event.currentTarget.value })} />
      </Group>
      {error && <Text c="var(--mantine-color-error)" role="alert" mt="xs">{say("callback.missing")}</Text>}
    </div>
  );
}
