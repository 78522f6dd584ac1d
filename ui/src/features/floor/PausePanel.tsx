import { Button, Group, Radio, Select, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Pause, Play } from "lucide-react";
import { useState } from "react";
import { useWords } from "../../app/words";
import { Failure } from "../../components/Failure";
import { useNames } from "../desk/requests";
import { SidePanel } from "../people/SidePanel";
import type { Floor } from "./floor";
import { WAYS, type Way, pause, resume, usePrompts } from "./requests";

const PROJECT = "project";

/** A project stands still in one action, with what its callers hear and get; what stands still goes on in one. */
export function PausePanel({ floor, close }: { floor: Floor; close: () => void }) {
  const { say } = useWords();
  const projects = useNames("projects").data ?? [];
  const prompts = usePrompts().data ?? [];
  const paused = new Set(floor.queues.filter(({ queue }) => queue.paused).map(({ queue }) => queue.project));
  const running = projects.filter(({ id }) => !paused.has(id));
  const [project, setProject] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const [to, setTo] = useState<Way | typeof PROJECT>(PROJECT);
  const [prompt, setPrompt] = useState<string | null>(null);
  const chosen = project ?? running[0]?.id ?? null;
  const pausing = useMutation({
    mutationFn: () => pause(chosen ?? "", reason.trim(), to === PROJECT ? null : { prompt, to }),
    onSuccess: close,
    meta: { toldInPlace: true },
  });
  const resuming = useMutation({ mutationFn: (id: string) => resume(id) });
  return (
    <SidePanel
      title={say("floor.pause")} close={close}
      foot={<Button leftSection={<Pause size={16} aria-hidden />} disabled={chosen === null || reason.trim() === ""} loading={pausing.isPending} onClick={() => pausing.mutate()}>{say("floor.pause.do")}</Button>}
    >
      <Stack gap="lg">
        {pausing.error !== null && <Failure error={pausing.error} />}
        {projects.filter(({ id }) => paused.has(id)).map(({ id, name }) => (
          <Group key={id} gap="sm" justify="space-between">
            <Text size="sm">{say("floor.paused")} · <bdi>{name}</bdi></Text>
            <Button size="xs" variant="default" leftSection={<Play size={14} aria-hidden />} loading={resuming.isPending} onClick={() => resuming.mutate(id)}>{say("floor.resume")}</Button>
          </Group>
        ))}
        <Select label={say("floor.pause.project")} data={running.map(({ id, name }) => ({ value: id, label: name }))} value={chosen} onChange={setProject} allowDeselect={false} />
        <TextInput label={say("floor.pause.reason")} required maxLength={200} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
        <Radio.Group label={say("floor.pause.to")} value={to} onChange={setTo}>
          <Stack gap="xs" mt="xs">
            {([PROJECT, ...WAYS] as const).map((way) => <Radio key={way} value={way} label={say(`floor.pause.to.${way}`)} />)}
          </Stack>
        </Radio.Group>
        {to !== PROJECT && (
          <Select
            label={say("floor.pause.prompt")} clearable searchable placeholder={say("floor.pause.silent")} value={prompt} onChange={setPrompt}
            data={prompts.map(({ id, text }) => ({ value: id, label: text ?? id }))}
          />
        )}
      </Stack>
    </SidePanel>
  );
}
