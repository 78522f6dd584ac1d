import { Button, Group, Stack, Table, Text, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { Link } from "react-router";
import { useMay } from "../../app/session";
import { useWords } from "../../app/words";
import { Duration, Since, useNow } from "../../components/Duration";
import { StateMark } from "../../components/StateMark";
import { useLiveQueue, useLiveState } from "../../live/live";
import type { ContactValue, LiveFigures } from "../../live/values";
import { useNameOf } from "../desk/names";
import { SidePanel } from "../people/SidePanel";
import styles from "./FloorPage.module.css";
import { type AgentCard, type Floor, contactsBehind, midnightIn, recentFrom } from "./floor";
import { move, resume, useSeries, useZone } from "./requests";
import { Share } from "./Share";

const WAITING_SHOWN_MAX = 20;
const MOVABLE_SHOWN_MAX = 12;

/** One queue: its figures with the contacts behind them, who waits, who serves it, and whom one could move here. */
export function QueueDrawer({ id, floor, close, onOpen }: { id: string; floor: Floor; close: () => void; onOpen: (what: string) => void }) {
  const { say } = useWords();
  const may = useMay();
  const queue = useLiveQueue(id);
  const name = useNameOf("queues", id);
  const goOn = useMutation({ mutationFn: (project: string) => resume(project) });
  if (queue === null) return <SidePanel title={<bdi>{name}</bdi>} close={close}><Text>{say("floor.queue.gone")}</Text></SidePanel>;
  const here = floor.agents.filter(({ agent, state }) => state !== "signed_out" && agent.queues.includes(id));
  const movable = floor.agents.filter(({ agent, state }) => state !== "signed_out" && !agent.queues.includes(id)).slice(0, MOVABLE_SHOWN_MAX);
  return (
    <SidePanel title={<bdi>{name}</bdi>} close={close}>
      <Stack gap="lg">
        {queue.paused && (
          <Group gap="sm">
            <Text size="sm">
              <StateMark state="not_ready" /> {say("floor.paused")} {queue.paused_since !== null && <Since moment={queue.paused_since} />}
              {queue.pause_reason !== null && <> · <bdi>{queue.pause_reason}</bdi></>}
            </Text>
            {may("projects.pause") && <Button size="xs" leftSection={<Play size={14} aria-hidden />} loading={goOn.isPending} onClick={() => goOn.mutate(queue.project)}>{say("floor.resume")}</Button>}
          </Group>
        )}
        <Figures id={id} today={queue.today} recent={queue.recent} target={queue.target_seconds} />
        <Waiting id={id} />
        <People title={say("floor.serve")} cards={here} empty={say("floor.serve.empty")} onOpen={onOpen} />
        {may("agents.move") && movable.length > 0 && (
          <People
            title={say("floor.bring")} cards={movable} empty="" onOpen={onOpen}
            act={(card) => ({ label: say("floor.bring.do"), run: () => move(card.id, [...card.agent.queues, id]) })}
          />
        )}
        <TwoHours id={id} />
      </Stack>
    </SidePanel>
  );
}

function Figures({ id, today, recent, target }: { id: string; today: LiveFigures; recent: LiveFigures; target: number }) {
  const { say, intl } = useWords();
  const now = useNow();
  const from = { recent: recentFrom(now), today: midnightIn(useZone(), now) };
  const count = (of: "recent" | "today", number: number, outcome?: "answered" | "abandoned") => (
    <Link className={styles["behind"] ?? ""} to={contactsBehind(id, from[of], outcome)}>{intl.formatNumber(number)}</Link>
  );
  return (
    <Table>
      <Table.Thead><Table.Tr><Table.Td /><Table.Th>{say("floor.recent")}</Table.Th><Table.Th>{say("floor.today")}</Table.Th></Table.Tr></Table.Thead>
      <Table.Tbody>
        <Table.Tr title={say("floor.share.rule", { seconds: target })}><Table.Th>{say("floor.in_time", { seconds: target })}</Table.Th><Table.Td><Share of={recent.service_level} /></Table.Td><Table.Td><Share of={today.service_level} /></Table.Td></Table.Tr>
        <Table.Tr><Table.Th>{say("floor.offered")}</Table.Th><Table.Td>{count("recent", recent.offered)}</Table.Td><Table.Td>{count("today", today.offered)}</Table.Td></Table.Tr>
        <Table.Tr><Table.Th>{say("floor.answered")}</Table.Th><Table.Td>{count("recent", recent.answered, "answered")}</Table.Td><Table.Td>{count("today", today.answered, "answered")}</Table.Td></Table.Tr>
        <Table.Tr title={say("floor.abandoned.meaning")}><Table.Th>{say("floor.abandoned")}</Table.Th><Table.Td>{count("recent", recent.abandoned, "abandoned")}</Table.Td><Table.Td>{count("today", today.abandoned, "abandoned")}</Table.Td></Table.Tr>
        <Table.Tr><Table.Th>{say("floor.mean")}</Table.Th>{[recent, today].map((one, n) => <Table.Td key={n}>{one.answer_mean_seconds === null ? "–" : <Duration seconds={one.answer_mean_seconds} />}</Table.Td>)}</Table.Tr>
      </Table.Tbody>
    </Table>
  );
}

function Waiting({ id }: { id: string }) {
  const { say } = useWords();
  const values = useLiveState((state) => state.values);
  const waiting = Object.entries(values)
    .filter(([key, value]) => key.startsWith("contacts/") && (value as ContactValue).queue === id && (value as ContactValue).state === "waiting")
    .map(([key, value]) => ({ contact: key.slice("contacts/".length), value: value as ContactValue }))
    .sort((one, other) => (one.value.waiting_since ?? "").localeCompare(other.value.waiting_since ?? ""));
  if (waiting.length === 0) return null;
  return (
    <Stack gap="xs">
      <Title order={3}>{say("floor.waiting")}</Title>
      {waiting.slice(0, WAITING_SHOWN_MAX).map(({ contact, value }) => (
        <Group key={contact} gap="xs">
          <Link className={styles["behind"] ?? ""} to={`/contacts?open=${encodeURIComponent(contact)}`}><bdi dir="ltr">{value.customer.name ?? value.customer.number}</bdi></Link>
          {value.waiting_since !== null && <Since moment={value.waiting_since} />}
        </Group>
      ))}
    </Stack>
  );
}

function People({ title, cards, empty, onOpen, act }: {
  title: string; cards: readonly AgentCard[]; empty: string; onOpen: (what: string) => void;
  act?: (card: AgentCard) => { label: string; run: () => Promise<unknown> };
}) {
  return (
    <Stack gap="xs">
      <Title order={3}>{title}</Title>
      {cards.map((card) => <PersonRow key={card.id} card={card} onOpen={onOpen} act={act?.(card)} />)}
      {cards.length === 0 && <Text size="sm" className="quiet">{empty}</Text>}
    </Stack>
  );
}

function PersonRow({ card, onOpen, act }: { card: AgentCard; onOpen: (what: string) => void; act: { label: string; run: () => Promise<unknown> } | undefined }) {
  const name = useNameOf("agents", card.id);
  const acting = useMutation({ mutationFn: async () => act?.run() });
  return (
    <Group gap="xs" wrap="nowrap" data-person={card.id}>
      <StateMark state={card.state} />
      <Button variant="subtle" size="compact-sm" color="gray" onClick={() => onOpen(`agent:${card.id}`)}><bdi>{name}</bdi></Button>
      <Since moment={card.agent.since} />
      {act !== undefined && <Button size="compact-xs" variant="default" loading={acting.isPending} onClick={() => acting.mutate()}>{act.label}</Button>}
    </Group>
  );
}

/** What the line in the row shows, as a table. */
function TwoHours({ id }: { id: string }) {
  const { say, intl } = useWords();
  const slots = (useSeries().data?.[id] ?? []).filter(({ offered }) => offered > 0);
  if (slots.length === 0) return null;
  return (
    <details>
      <summary>{say("floor.hours")}</summary>
      <Table>
        <Table.Thead><Table.Tr><Table.Th>{say("floor.from")}</Table.Th><Table.Th>{say("floor.offered")}</Table.Th><Table.Th>{say("floor.answered")}</Table.Th><Table.Th>{say("floor.share")}</Table.Th></Table.Tr></Table.Thead>
        <Table.Tbody>
          {slots.map((slot) => (
            <Table.Tr key={slot.began_at}>
              <Table.Td>{intl.formatTime(slot.began_at)}</Table.Td><Table.Td>{intl.formatNumber(slot.offered)}</Table.Td>
              <Table.Td>{intl.formatNumber(slot.answered)}</Table.Td><Table.Td><Share of={slot.service_level} /></Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </details>
  );
}
