import { ActionIcon, Group, NumberInput, Select, Stack, Switch } from "@mantine/core";
import { X } from "lucide-react";
import { useWords } from "../../../../app/words";
import type { Document } from "../../contract";
import { entriesOf, idOf, nameIn, nameOf } from "../values";
import type { Relaxation } from "./queueRules";

interface Given {
  step: Relaxation;
  change: (to: Relaxation) => void;
  name: string;
  document: Document;
  disabled: boolean;
}

/** Skills of which less is wanted from then on: a lower level, or none at all. */
export function RelaxedSkills({ step, change, name, document, disabled }: Given) {
  const { say } = useWords();
  const having = [...Object.keys(step.lower), ...step.drop];
  const without = (skill: string): Relaxation => ({
    ...step,
    drop: step.drop.filter((one) => one !== skill),
    lower: Object.fromEntries(Object.entries(step.lower).filter(([one]) => one !== skill)),
  });
  const lowered = (skill: string, level: number) =>
    change({ ...step, drop: step.drop.filter((one) => one !== skill), lower: { ...step.lower, [skill]: level } });
  const others = entriesOf(document, "skills").filter((one) => !having.includes(idOf("skills", one)));
  return (
    <Stack gap="xs" ps="md">
      {having.map((skill) => {
        const called = nameIn(document, "skills", skill);
        const isDropped = step.drop.includes(skill);
        return (
          <Group key={skill} gap="sm" wrap="nowrap">
            <span className="cut" style={{ flex: 1 }}><bdi>{called}</bdi></span>
            <Switch
              size="sm" checked={isDropped} disabled={disabled} label={say("rules.dropped")} aria-label={`${called}: ${say("rules.dropped")}`}
              onChange={(event) => { if (event.currentTarget.checked) change({ ...without(skill), drop: [...step.drop, skill] }); else lowered(skill, 1); }}
            />
            {!isDropped && (
              <NumberInput
                w={72} min={1} max={10} size="sm" allowDecimal={false} disabled={disabled} value={step.lower[skill] ?? 1}
                aria-label={say("levels.level", { name: called })} onChange={(to) => { if (typeof to === "number") lowered(skill, to); }}
              />
            )}
            <ActionIcon variant="subtle" color="gray" disabled={disabled} aria-label={say("form.remove_named", { name: called })} onClick={() => change(without(skill))}><X size={16} aria-hidden /></ActionIcon>
          </Group>
        );
      })}
      {others.length > 0 && !disabled && (
        <Select
          searchable size="sm" value={null} placeholder={say("form.add")} aria-label={say("form.add_to", { field: name })}
          data={others.map((one) => ({ value: idOf("skills", one), label: nameOf("skills", one) }))}
          onChange={(skill) => { if (skill !== null) lowered(skill, 1); }}
        />
      )}
    </Stack>
  );
}
