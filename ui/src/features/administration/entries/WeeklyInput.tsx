import { ActionIcon, Button, Chip, Group, Input, Stack, TextInput } from "@mantine/core";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { usePreferences, useWords } from "../../../app/words";
import type { InputCommon } from "./FieldInput";
import type { Period } from "./shown";
import { dayName, daysFrom, timeOf } from "./weekly";

interface Given extends InputCommon {
  periods: readonly Period[];
  put: (to: readonly Period[]) => void;
}

/** Opening hours of a week: days and from when until when, as many lines as there are different days. */
export function WeeklyInput({ periods, put, label, description, error, disabled }: Given) {
  const { say } = useWords();
  const { locale } = usePreferences().preferences;
  const change = (n: number, to: Partial<Period>) => put(periods.map((one, place) => (place === n ? { ...one, ...to } : one)));
  return (
    <Input.Wrapper label={label} description={description} error={error} labelElement="div" role="group" aria-label={label}>
      <Stack gap="md" mt={4}>
        {periods.map((period, n) => (
          <Stack key={n} gap="xs">
            <Chip.Group multiple value={period.days.map(String)} onChange={(days) => change(n, { days: days.map(Number).sort((one, other) => one - other) })}>
              <Group gap="xs">
                {daysFrom(locale).map((day) => <Chip key={day} value={String(day)} size="xs" disabled={disabled}>{dayName(day, locale)}</Chip>)}
              </Group>
            </Chip.Group>
            <Group gap="sm" wrap="nowrap">
              <TimeInput label={say("weekly.since")} value={period.since} disabled={disabled} put={(since) => change(n, { since })} />
              <span aria-hidden>–</span>
              <TimeInput label={say("weekly.until")} value={period.until} disabled={disabled} put={(until) => change(n, { until })} />
              <ActionIcon variant="subtle" color="gray" disabled={disabled} aria-label={say("weekly.remove")} onClick={() => put(periods.filter((_, place) => place !== n))}>
                <X size={16} aria-hidden />
              </ActionIcon>
            </Group>
          </Stack>
        ))}
        {!disabled && (
          <Button
            variant="default" size="xs" leftSection={<Plus size={14} aria-hidden />} style={{ alignSelf: "start" }}
            onClick={() => put([...periods, { days: [0, 1, 2, 3, 4], since: "09:00", until: "18:00" }])}
          >
            {say("weekly.add")}
          </Button>
        )}
      </Stack>
    </Input.Wrapper>
  );
}

/** A time of day as it is typed; it is written in full when the field is left. */
export function TimeInput({ label, value, put, disabled }: { label: string; value: string; put: (to: string) => void; disabled: boolean }) {
  const [typed, type] = useState<string | null>(null);
  const { say } = useWords();
  const isWrong = typed !== null && timeOf(typed) === null;
  return (
    <TextInput
      w={88} size="sm" dir="ltr" inputMode="numeric" aria-label={label} value={typed ?? value} disabled={disabled} error={isWrong ? say("weekly.wrong") : undefined}
      onChange={(event) => {
        type(event.currentTarget.value);
        const time = timeOf(event.currentTarget.value);
        if (time !== null) put(time);
      }}
      onBlur={() => { if (!isWrong) type(null); }}
    />
  );
}
