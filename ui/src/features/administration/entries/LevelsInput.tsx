import { ActionIcon, Group, Input, NumberInput, Select, Stack } from "@mantine/core";
import { X } from "lucide-react";
import { useWords } from "../../../app/words";
import type { Document, Json } from "../contract";
import type { InputCommon } from "./FieldInput";
import type { Field } from "./sections";
import { entriesOf, idOf, nameIn, nameOf } from "./values";

interface Given extends InputCommon {
  field: Extract<Field, { kind: "levels" }>;
  levels: readonly [string, number][];
  document: Document;
  put: (to: Json) => void;
}

/** Skills with levels, or queues with preferences: one line for each, and one to add another. */
export function LevelsInput({ field, levels, document, put, label, description, error, disabled }: Given) {
  const { say } = useWords();
  const having = new Set(levels.map(([id]) => id));
  const write = (to: readonly (readonly [string, number])[]) => put(Object.fromEntries(to));
  const others = entriesOf(document, field.section).filter((entry) => !having.has(idOf(field.section, entry)));
  return (
    <Input.Wrapper label={label} description={description} error={error} labelElement="div" role="group" aria-label={label}>
      <Stack gap="xs" mt={4}>
        {levels.map(([id, level]) => (
          <Group key={id} gap="sm" wrap="nowrap">
            <span className="cut" style={{ flex: 1 }}><bdi>{nameIn(document, field.section, id)}</bdi></span>
            <NumberInput
              w={104} min={1} max={field.most} allowDecimal={false} value={level} disabled={disabled} size="sm"
              aria-label={say(`levels.${field.says}`, { name: nameIn(document, field.section, id) })}
              onChange={(to) => { if (typeof to === "number") write(levels.map((one) => (one[0] === id ? [id, to] : one))); }}
            />
            <ActionIcon
              variant="subtle" color="gray" disabled={disabled} aria-label={say("form.remove_named", { name: nameIn(document, field.section, id) })}
              onClick={() => write(levels.filter((one) => one[0] !== id))}
            >
              <X size={16} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        {others.length > 0 && !disabled && (
          <Select
            searchable size="sm" value={null} placeholder={say("form.add")} aria-label={say("form.add_to", { field: label })}
            data={others.map((entry) => ({ value: idOf(field.section, entry), label: nameOf(field.section, entry) }))}
            onChange={(id) => { if (id !== null) write([...levels, [id, 1]]); }}
          />
        )}
      </Stack>
    </Input.Wrapper>
  );
}
