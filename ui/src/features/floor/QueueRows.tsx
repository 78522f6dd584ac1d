import { Text, Title, UnstyledButton } from "@mantine/core";
import { Link } from "react-router";
import { useWords } from "../../app/words";
import { Duration, Since, useNow } from "../../components/Duration";
import { StateMark } from "../../components/StateMark";
import { useNameOf } from "../desk/names";
import styles from "./FloorPage.module.css";
import { type AgentCard, type QueueRow, contactsBehind, midnightIn, recentFrom } from "./floor";
import { useAlarmRules, useSeries, useZone } from "./requests";
import { Share } from "./Share";
import { Sparkline } from "./Sparkline";

interface Shown {
  queues: readonly QueueRow[];
  agents: readonly AgentCard[];
  open: string | null;
  onOpen: (what: string) => void;
}

/** Every queue: who waits and how long, how many are answered in time, now, today and over the last two hours. */
export function QueueRows({ queues, agents, open, onOpen }: Shown) {
  const { say } = useWords();
  const series = useSeries().data ?? {};
  const level = useAlarmRules().data?.find(({ kind }) => kind === "service_level");
  const aim = level?.enabled === true ? level.limit : null;
  const head = ["waiting", "longest", "recent", "today", "expected", "hours"] as const;
  return (
    <section className={`panel ${styles["queues"] ?? ""}`} aria-labelledby="queues">
      <div className={styles["row"]} data-head>
        <Title order={2} id="queues">{say("floor.queues")}</Title>
        {head.map((name) => <span key={name} title={say(`floor.${name}.meaning`)}>{say(`floor.${name}`)}</span>)}
      </div>
      {queues.map((row) => (
        <Row
          key={row.id} row={row} ready={agents.filter(({ agent, state }) => state === "ready" && agent.queues.includes(row.id)).length}
          slots={series[row.id] ?? []} aim={aim} isOpen={open === `queue:${row.id}`} onOpen={() => onOpen(`queue:${row.id}`)}
        />
      ))}
      {queues.length === 0 && <Text p="md" className="quiet">{say("floor.queues.empty")}</Text>}
    </section>
  );
}

function Row({ row, ready, slots, aim, isOpen, onOpen }: {
  row: QueueRow; ready: number; aim: number | null; slots: Parameters<typeof Sparkline>[0]["slots"]; isOpen: boolean; onOpen: () => void;
}) {
  const { say, intl } = useWords();
  const { id, queue } = row;
  const name = useNameOf("queues", id);
  const now = useNow();
  const zone = useZone();
  const waited = queue.waiting_since === null ? 0 : (now - Date.parse(queue.waiting_since)) / 1000;
  const isLate = waited > queue.target_seconds;
  return (
    <div className={styles["row"]} data-open={isOpen} data-queue={id}>
      <UnstyledButton className={styles["name"] ?? ""} data-row onClick={onOpen} aria-expanded={isOpen}>
        <b className="cut"><bdi>{name}</bdi></b>
        <small className="cut">
          {queue.paused
            ? <><StateMark state="not_ready" /> {say("floor.paused")}{queue.pause_reason !== null && <> · <bdi>{queue.pause_reason}</bdi></>}</>
            : <><StateMark state={ready > 0 ? "ready" : "signed_out"} /> {say("floor.ready_here", { count: ready })}</>}
        </small>
      </UnstyledButton>
      <b className={styles["big"]} data-label={say("floor.waiting")}>{intl.formatNumber(queue.waiting)}</b>
      <b className={styles["big"]} data-label={say("floor.longest")} data-late={isLate}>
        {isLate && <StateMark state="alarm" size={14} />}
        {queue.waiting_since === null ? "–" : <Since moment={queue.waiting_since} />}
      </b>
      <Link className={styles["big"] ?? ""} data-label={say("floor.recent")} to={contactsBehind(id, recentFrom(now))} title={say("floor.share.meaning", counted(queue.recent, queue.target_seconds))}>
        <Share of={queue.recent.service_level} />
      </Link>
      <Link className={styles["big"] ?? ""} data-label={say("floor.today")} to={contactsBehind(id, midnightIn(zone, now))} title={say("floor.share.meaning", counted(queue.today, queue.target_seconds))}>
        <Share of={queue.today.service_level} />
      </Link>
      <span data-label={say("floor.expected")}>{queue.expected_wait_seconds === null ? "–" : <Duration seconds={queue.expected_wait_seconds} />}</span>
      {slots.some(({ offered }) => offered > 0) && <Sparkline slots={slots} label={say("floor.hours.of", { queue: name })} aim={aim} />}
    </div>
  );
}

function counted(figures: QueueRow["queue"]["today"], target: number) {
  return { seconds: target, answered: figures.answered, in_time: figures.answered_in_time, offered: figures.offered, abandoned: figures.abandoned };
}
