import { Button, Group, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { shownState } from "../../app/states";
import { useMay } from "../../app/session";
import { useWords } from "../../app/words";
import { Since } from "../../components/Duration";
import { StateMark } from "../../components/StateMark";
import { useLiveAgent, useLiveContact } from "../../live/live";
import type { InHand } from "../../live/values";
import { useNameOf } from "../desk/names";
import { useNotReadyReasons, useReasonShown } from "../desk/notReady";
import { SidePanel } from "../people/SidePanel";
import styles from "./FloorPage.module.css";
import { Hear } from "./Hear";
import { type ChosenState, changeState } from "./requests";
import type { Floor } from "./floor";
import { MoveAgent } from "./MoveAgent";

/** One agent: what they have in hand, to be heard; their state, changed with a note; the queues they serve for now. */
export function AgentDrawer({ id, floor, close }: { id: string; floor: Floor; close: () => void }) {
  const { say } = useWords();
  const may = useMay();
  const agent = useLiveAgent(id);
  const name = useNameOf("agents", id);
  const reason = useReasonShown(agent?.reason ?? null);
  if (agent === null) return <SidePanel title={<bdi>{name}</bdi>} close={close}><Text>{say("floor.agent.gone")}</Text></SidePanel>;
  const state = shownState(agent.state);
  return (
    <SidePanel title={<bdi>{name}</bdi>} close={close}>
      <Stack gap="lg">
        <Group gap="xs">
          <StateMark state={state} size={16} />
          <b>{say(`state.${state}`)}</b>
          <Since moment={agent.since} />
          {reason !== "" && <bdi className="quiet">{reason}</bdi>}
        </Group>
        {agent.note !== null && <Text size="sm" className="quiet">{say("floor.note.left")} <bdi>{agent.note}</bdi></Text>}
        {agent.contacts.map((one) => <OneContact key={one.offer} hand={one} />)}
        {may("desk.act") && <ChangeState key={agent.presence} id={id} presence={agent.presence} />}
        {may("agents.move") && agent.presence !== "signed_out" && <MoveAgent key={agent.queues.join()} id={id} agent={agent} floor={floor} />}
      </Stack>
    </SidePanel>
  );
}

function OneContact({ hand }: { hand: InHand }) {
  const { say } = useWords();
  const contact = useLiveContact(hand.contact);
  const queue = useNameOf("queues", hand.queue);
  const state = shownState(hand.state);
  return (
    <Stack gap="xs" data-contact={hand.contact}>
      <Group gap="xs" wrap="nowrap">
        <StateMark state={state} />
        <Link className={styles["behind"] ?? ""} to={`/contacts?open=${encodeURIComponent(hand.contact)}`}>
          <bdi dir="ltr">{contact?.customer.name ?? contact?.customer.number ?? hand.contact}</bdi>
        </Link>
        <bdi className="quiet cut">{queue}</bdi>
        <Since moment={hand.since} />
      </Group>
      {hand.state !== "wrapping_up" && hand.channel === "voice" && <Hear contact={hand.contact} />}
      {hand.state === "wrapping_up" && <Text size="sm" className="quiet">{say("state.wrapping_up")}</Text>}
    </Stack>
  );
}

function ChangeState({ id, presence }: { id: string; presence: "ready" | "not_ready" | "signed_out" }) {
  const { say } = useWords();
  const [note, setNote] = useState("");
  const [reason, setReason] = useState<string | null>(null);
  const reasons = useNotReadyReasons().map((one) => ({ value: one.id, label: one.name }));
  const change = useMutation({ mutationFn: (to: ChosenState) => changeState(id, to, note), onSuccess: () => setNote("") });
  if (presence === "signed_out") return null;
  const chosen = reason ?? reasons[0]?.value ?? "break";
  return (
    <Stack gap="sm">
      <Title order={3}>{say("floor.change")}</Title>
      <TextInput label={say("floor.note")} description={say("floor.note.hint")} maxLength={200} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
      {presence === "ready" && (
        <Select label={say("presence.not_ready_because")} data={reasons} value={chosen} onChange={setReason} allowDeselect={false} />
      )}
      <Group gap="xs">
        {presence === "not_ready" && <Button size="xs" variant="default" leftSection={<StateMark state="ready" />} loading={change.isPending} onClick={() => change.mutate({ state: "ready" })}>{say("floor.make.ready")}</Button>}
        {presence === "ready" && <Button size="xs" variant="default" leftSection={<StateMark state="not_ready" />} loading={change.isPending} onClick={() => change.mutate({ state: "not_ready", reason: chosen })}>{say("floor.make.not_ready")}</Button>}
        <Button size="xs" variant="default" leftSection={<StateMark state="signed_out" />} loading={change.isPending} onClick={() => change.mutate({ state: "signed_out" })}>{say("floor.make.signed_out")}</Button>
      </Group>
    </Stack>
  );
}
