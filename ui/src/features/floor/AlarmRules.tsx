import { Group, NumberInput, Stack, Switch, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useWords } from "../../app/words";
import { Failure } from "../../components/Failure";
import { PageSkeleton } from "../../components/PageSkeleton";
import { SidePanel } from "../people/SidePanel";
import { type AlarmRule, giveRule, useAlarmRules } from "./requests";

const PER_CENT = 100;

/** By which rules alarms rise; each change is in force within a second, and is undone by changing it back. */
export function AlarmRules({ close }: { close: () => void }) {
  const { say } = useWords();
  const { data, error, refetch } = useAlarmRules();
  return (
    <SidePanel title={say("floor.rules")} close={close}>
      {error !== null && <Failure error={error} retry={() => void refetch()} />}
      {data === undefined ? <PageSkeleton /> : <Stack gap="lg">{data.map((rule) => <OneRule key={rule.kind} rule={rule} />)}</Stack>}
    </SidePanel>
  );
}

function OneRule({ rule }: { rule: AlarmRule }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: (changed: Partial<AlarmRule>) => giveRule({ ...rule, ...changed }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["floor", "alarm-rules"] }),
  });
  const isShare = rule.kind === "service_level";
  const scale = isShare ? PER_CENT : 1;
  const unit = isShare ? "share" : rule.kind === "waiting" ? "contacts" : "seconds";
  const whole = (key: keyof AlarmRule, by: number) => (event: { currentTarget: HTMLInputElement }) => {
    const typed = Number(event.currentTarget.value);
    if (Number.isFinite(typed) && typed / by !== rule[key]) save.mutate({ [key]: typed / by });
  };
  return (
    <Stack gap="xs">
      <Switch label={say(`floor.rule.${rule.kind}`)} checked={rule.enabled} disabled={save.isPending} onChange={(event) => save.mutate({ enabled: event.currentTarget.checked })} />
      {rule.enabled && (
        <Group gap="sm" align="end" grow>
          {rule.limit !== null && <NumberInput key={`limit ${rule.limit}`} label={say(`floor.rule.limit.${unit}`)} size="xs" min={0} {...(isShare ? { max: PER_CENT } : {})} defaultValue={Math.round(rule.limit * scale)} onBlur={whole("limit", scale)} />}
          {isShare && <NumberInput key={`offered ${rule.offered_min}`} label={say("floor.rule.offered_min")} size="xs" min={1} defaultValue={rule.offered_min} onBlur={whole("offered_min", 1)} />}
          <NumberInput key={`after ${rule.after_seconds}`} label={say("floor.rule.after")} size="xs" min={0} defaultValue={rule.after_seconds} onBlur={whole("after_seconds", 1)} />
        </Group>
      )}
      {save.error !== null && <Text size="sm" c="red">{say("floor.rule.refused")}</Text>}
    </Stack>
  );
}
