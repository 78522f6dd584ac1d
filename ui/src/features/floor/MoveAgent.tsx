import { Button, Group, MultiSelect, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useWords } from "../../app/words";
import type { AgentValue } from "../../live/values";
import { useNames } from "../desk/requests";
import type { Floor } from "./floor";
import { move, moveBack } from "./requests";

/** What an agent serves for now, until that is taken back or they sign out. */
export function MoveAgent({ id, agent, floor }: { id: string; agent: AgentValue; floor: Floor }) {
  const { say } = useWords();
  const [queues, setQueues] = useState<string[]>(agent.queues);
  const [note, setNote] = useState("");
  const names = useNames("queues").data ?? [];
  const options = floor.queues.map((row) => ({ value: row.id, label: names.find((one) => one.id === row.id)?.name ?? row.id }));
  const moving = useMutation({ mutationFn: () => move(id, queues, note) });
  const back = useMutation({ mutationFn: () => moveBack(id) });
  const isSame = [...queues].sort().join() === [...agent.queues].sort().join();
  return (
    <Stack gap="sm">
      <Title order={3}>{say("floor.move")}</Title>
      {agent.moved && <Text size="sm" className="quiet">{say("floor.moved")}</Text>}
      <MultiSelect label={say("floor.move.queues")} description={say("floor.move.hint")} data={options} value={queues} onChange={setQueues} searchable />
      <TextInput label={say("floor.note")} maxLength={200} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
      <Group gap="xs">
        <Button size="xs" disabled={isSame || queues.length === 0} loading={moving.isPending} onClick={() => moving.mutate()}>{say("floor.move.do")}</Button>
        {agent.moved && <Button size="xs" variant="default" loading={back.isPending} onClick={() => back.mutate()}>{say("floor.move.back")}</Button>}
      </Group>
    </Stack>
  );
}
