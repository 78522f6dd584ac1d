import { ActionIcon, Button, Group, Input, Stack, TextInput } from "@mantine/core";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { useWords } from "../../../app/words";
import { DateField } from "../../../components/DateFields";
import type { Json } from "../contract";
import type { InputCommon } from "./FieldInput";

interface Given extends InputCommon {
  holidays: Record<string, Json | undefined>;
  put: (to: Record<string, string>) => void;
}

/** Days on which nobody answers, by date, each with its name; typed and shown in the reader's own calendar. */
export function HolidaysInput({ holidays, put, label, description, error, disabled }: Given) {
  const { say, intl } = useWords();
  const [date, setDate] = useState("");
  const [name, setName] = useState("");
  const days = Object.entries(holidays).flatMap(([day, called]) => (typeof called === "string" ? [[day, called] as const] : []));
  days.sort(([one], [other]) => one.localeCompare(other));
  const add = () => {
    put(Object.fromEntries([...days, [date, name]]));
    setDate("");
    setName("");
  };
  return (
    <Input.Wrapper label={label} description={description} error={error} labelElement="div" role="group" aria-label={label}>
      <Stack gap="xs" mt={4}>
        {days.map(([day, called]) => (
          <Group key={day} gap="sm" wrap="nowrap">
            <time dateTime={day} style={{ minWidth: 112 }}>{intl.formatDate(`${day}T00:00:00Z`, { dateStyle: "medium", timeZone: "UTC" })}</time>
            <bdi className="cut" style={{ flex: 1 }}>{called}</bdi>
            <ActionIcon
              variant="subtle" color="gray" disabled={disabled} aria-label={say("form.remove_named", { name: called === "" ? day : called })}
              onClick={() => put(Object.fromEntries(days.filter(([one]) => one !== day)))}
            >
              <X size={16} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        {!disabled && (
          <Group gap="sm" wrap="nowrap" align="end">
            <DateField w={152} aria-label={say("holidays.date")} value={date} onChange={setDate} />
            <TextInput size="sm" style={{ flex: 1 }} aria-label={say("holidays.name")} placeholder={say("holidays.name")} value={name} onChange={(event) => setName(event.currentTarget.value)} />
            <Button variant="default" size="sm" px="sm" disabled={date === ""} onClick={add} aria-label={say("holidays.add")}><Plus size={16} aria-hidden /></Button>
          </Group>
        )}
      </Stack>
    </Input.Wrapper>
  );
}
