import { Button, Group } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Hand, Undo2 } from "lucide-react";
import { useMay, useMe } from "../../app/session";
import { useWords } from "../../app/words";
import { Since } from "../../components/Duration";
import { StateMark } from "../../components/StateMark";
import { useLiveState } from "../../live/live";
import type { AlarmValue } from "../../live/values";
import { useNameOf } from "../desk/names";
import { useNames } from "../desk/requests";
import { useAlarmSentence } from "./alarms";
import styles from "./FloorPage.module.css";
import { type AlarmRow, alarmsOf } from "./floor";
import { giveBack, move, take } from "./requests";

/** What somebody should see to, each with its cause and the likely cure; whoever takes one over, everybody sees it. */
export function AlarmList({ onOpen }: { onOpen: (what: string) => void }) {
  const { say } = useWords();
  const values = useLiveState((state) => state.values);
  const alarms = alarmsOf(values);
  if (alarms.length === 0) return null;
  return (
    <section className={`panel ${styles["alarms"] ?? ""}`} aria-labelledby="alarms" aria-live="polite">
      <h2 id="alarms" className="unseen">{say("floor.alarms")}</h2>
      {alarms.map((row) => <OneAlarm key={row.id} row={row} onOpen={onOpen} />)}
    </section>
  );
}

function OneAlarm({ row: { id, alarm }, onOpen }: { row: AlarmRow; onOpen: (what: string) => void }) {
  const { say } = useWords();
  const me = useMe();
  const may = useMay();
  const sentence = useAlarmSentence(alarm);
  const taking = useMutation({ mutationFn: () => (alarm.taken_by === null ? take(id) : giveBack(id)) });
  const about = ABOUT[alarm.kind];
  const isMine = alarm.taken_by === me.user.id;
  return (
    <div className={styles["alarm"]} data-alarm={alarm.kind} data-mine={isMine}>
      <StateMark state="alarm" size={16} />
      <p>
        {sentence} <small className="quiet" title={say("floor.alarm.up")}>· <Since moment={alarm.risen_at} /></small>
        {alarm.cure !== null && <Cure alarm={alarm} cure={alarm.cure} />}
      </p>
      <Group gap="xs">
        {about !== undefined && <Button size="xs" variant="default" onClick={() => onOpen(`${about}:${alarm.subject}`)}>{say("floor.alarm.open")}</Button>}
        {alarm.taken_by !== null && !isMine && <span className="quiet">{say("floor.alarm.of", { name: alarm.taken_name ?? "" })}</span>}
        {may("alarms.manage") && (alarm.taken_by === null || isMine) && (
          <Button
            size="xs" variant={isMine ? "default" : "filled"} loading={taking.isPending} onClick={() => taking.mutate()}
            leftSection={isMine ? <Undo2 size={14} aria-hidden /> : <Hand size={14} aria-hidden />}
          >
            {say(isMine ? "floor.alarm.give_back" : "floor.alarm.take")}
          </Button>
        )}
      </Group>
    </div>
  );
}

/** What an alarm's subject is, where a drawer shows it. */
const ABOUT: Partial<Record<AlarmValue["kind"], "queue" | "agent">> = {
  longest_wait: "queue", waiting: "queue", service_level: "queue", nobody_ready: "queue",
  in_wrap_up: "agent", not_ready: "agent", in_conversation: "agent",
};

function Cure({ alarm, cure }: { alarm: AlarmValue; cure: NonNullable<AlarmValue["cure"]> }) {
  const { say } = useWords();
  const may = useMay();
  const from = useNameOf("queues", cure.from_queue);
  const names = useNames("agents").data ?? [];
  const values = useLiveState((state) => state.values);
  const moving = useMutation({
    mutationFn: () => Promise.all(cure.agents.map((agent) => {
      const serves = (values[`agents/${agent}`] as { queues: string[] } | undefined)?.queues ?? [];
      return move(agent, [...serves, alarm.subject]);
    })),
  });
  const who = cure.agents.map((id) => names.find((one) => one.id === id)?.name ?? id).join(", ");
  return (
    <span className="quiet">
      {" "}{say("floor.cure", { count: cure.agents.length, queue: from, ready: cure.ready })}{" "}
      {may("agents.move") && <Button size="compact-xs" variant="default" title={who} loading={moving.isPending} onClick={() => moving.mutate()}>{say("floor.cure.do", { count: cure.agents.length })}</Button>}
    </span>
  );
}
