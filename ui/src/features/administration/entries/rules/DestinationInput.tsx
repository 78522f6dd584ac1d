import { Group, NumberInput, Select, TextInput } from "@mantine/core";
import { useWords } from "../../../../app/words";
import type { Document } from "../../contract";
import { entriesOf, idOf, nameOf } from "../values";
import { DESTINATIONS, type Destination, destinationOf } from "./queueRules";

const MESSAGE_SECONDS = 120;

interface Given {
  label: string;
  value: Destination;
  document: Document;
  disabled: boolean;
  put: (to: Destination) => void;
}

/** Where a contact goes: the kind of place, and which one. */
export function DestinationInput({ label, value, document, disabled, put }: Given) {
  const { say } = useWords();
  const named = (which: string) => `${label}: ${which}`;
  return (
    <Group gap="sm" align="start" role="group" aria-label={label}>
      <Select
        aria-label={label} allowDeselect={false} disabled={disabled} value={value.type} style={{ flex: "1 1 160px" }}
        data={DESTINATIONS.map((one) => ({ value: one, label: say(`destination.${one}`) }))}
        onChange={(kind) => { if (kind !== null) put(destinationOf(kind)); }}
      />
      {(value.type === "queue" || value.type === "disconnect") && (
        <Select
          aria-label={named(say(value.type === "queue" ? "field.queue" : "field.prompt"))} searchable disabled={disabled} style={{ flex: "1 1 160px" }}
          clearable={value.type === "disconnect"} placeholder={say(value.type === "queue" ? "field.queue" : "destination.no_prompt")}
          value={textOf(value[value.type === "queue" ? "queue" : "prompt"])} nothingFoundMessage={say("table.none")}
          data={entriesOf(document, value.type === "queue" ? "queues" : "prompts").map((one) => ({ value: idOf("queues", one), label: nameOf("queues", one) }))}
          onChange={(id) => put(value.type === "queue" ? { type: "queue", queue: id ?? "" } : { type: "disconnect", ...(id === null ? {} : { prompt: id }) })}
        />
      )}
      {value.type === "number" && (
        <TextInput
          aria-label={named(say("field.number"))} placeholder="+49" dir="ltr" type="tel" disabled={disabled} style={{ flex: "1 1 160px" }}
          value={textOf(value["number"]) ?? ""} onChange={(event) => put({ ...value, number: event.currentTarget.value })}
        />
      )}
      {value.type === "voicemail" && (
        <NumberInput
          aria-label={named(say("destination.seconds_max"))} min={1} hideControls allowDecimal={false} disabled={disabled} w={112} rightSectionWidth={44}
          value={typeof value["seconds_max"] === "number" ? value["seconds_max"] : MESSAGE_SECONDS} rightSection={say("unit_short.seconds")}
          onChange={(to) => put({ ...value, seconds_max: typeof to === "number" ? to : MESSAGE_SECONDS })}
        />
      )}
    </Group>
  );
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
