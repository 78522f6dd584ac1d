import { ActionIcon, Button, Group, Input, NumberInput, Stack, Text } from "@mantine/core";
import { Plus, X } from "lucide-react";
import type { ReactNode } from "react";
import { useWords } from "../../../../app/words";
import type { InputCommon } from "../FieldInput";
import { inOrder } from "./queueRules";

interface Given<Step> extends InputCommon {
  steps: readonly Step[];
  /** The step that one more begins as. */
  begin: () => Step;
  put: (steps: readonly Step[]) => void;
  children: (step: Step, change: (to: Step) => void, name: string) => ReactNode;
}

/** What happens after how long, one step below the other. */
export function StepsInput<Step extends { after_seconds: number }>({ steps, begin, put, children, label, description, error, disabled }: Given<Step>) {
  const { say } = useWords();
  return (
    <Input.Wrapper label={label} description={description} error={error} labelElement="div" role="group" aria-label={label}>
      <Stack gap="md" mt={4}>
        {steps.map((step, n) => {
          const name = say("rules.step", { field: label, number: n + 1 });
          const change = (to: Step) => put(steps.map((one, other) => (other === n ? to : one)));
          return (
            <Stack key={n} gap="xs">
              <Group gap="sm" wrap="nowrap">
                <Text size="sm">{say("rules.after")}</Text>
                <NumberInput
                  w={112} min={1} hideControls rightSectionWidth={44} allowDecimal={false} disabled={disabled} value={step.after_seconds} rightSection={say("unit_short.seconds")}
                  aria-label={`${name}: ${say("rules.after")}`} onChange={(to) => { if (typeof to === "number") change({ ...step, after_seconds: to }); }}
                  onBlur={() => put(inOrder(steps))} // and not at each key, which would move the step away from under it
                />
                <ActionIcon
                  variant="subtle" color="gray" disabled={disabled} aria-label={say("form.remove_named", { name })} style={{ marginInlineStart: "auto" }}
                  onClick={() => put(steps.filter((_, other) => other !== n))}
                >
                  <X size={16} aria-hidden />
                </ActionIcon>
              </Group>
              {children(step, change, name)}
            </Stack>
          );
        })}
        {!disabled && (
          <div>
            <Button variant="default" size="xs" leftSection={<Plus size={14} aria-hidden />} aria-label={say("form.add_to", { field: label })} onClick={() => put([...steps, begin()])}>
              {say("form.add")}
            </Button>
          </div>
        )}
      </Stack>
    </Input.Wrapper>
  );
}
