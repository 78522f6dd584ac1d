import { Text, Title } from "@mantine/core";
import { Link } from "react-router";
import { useWords } from "../../app/words";
import { written } from "../../components/durations";
import { StateMark } from "../../components/StateMark";
import type { Happened, TodayTold } from "./day";
import styles from "./TodayPage.module.css";

const MARKS = { paused: "not_ready", resumed: "ready", long_wait: "alarm", asked: "offered", answered: "ready", escalated: "alarm" } as const;

/** What mattered today, the newest first. */
export function HappenedList({ happened, told }: { happened: readonly Happened[]; told: TodayTold }) {
  const { say } = useWords();
  return (
    <section className={`panel ${styles["part"] ?? ""}`} aria-labelledby="today-happened">
      <Title order={2} id="today-happened">{say("today.happened")}</Title>
      {happened.length === 0 && <Text className="quiet">{say("today.happened.none")}</Text>}
      <ol className={styles["list"]}>
        {happened.map((one) => <One key={`${one.kind} ${one.at} ${one.contact ?? one.request ?? one.project ?? ""}`} one={one} told={told} />)}
      </ol>
    </section>
  );
}

function One({ one, told }: { one: Happened; told: TodayTold }) {
  const { say, intl } = useWords();
  const project = told.projects.find(({ id }) => id === one.project)?.name ?? one.project ?? "";
  const queue = told.queues.find(({ id }) => id === one.queue)?.name ?? one.queue ?? "";
  const isolated = (text: string) => `\u2068${text}\u2069`;
  const text = say(`today.happened.${one.kind}`, {
    project: isolated(project), queue: isolated(queue), seconds: one.seconds == null ? "" : written(one.seconds, "clock", intl.locale), words: isolated(one.words ?? ""),
  });
  const to = one.request != null ? `/requests?open=${encodeURIComponent(one.request)}` : one.contact != null ? `/contacts?open=${encodeURIComponent(one.contact)}` : null;
  return (
    <li className={styles["happened"]}>
      <time dateTime={one.at} className="quiet">{intl.formatTime(one.at)}</time>
      <StateMark state={MARKS[one.kind]} />
      {to === null ? <span>{text}</span> : <Link to={to}>{text}</Link>}
    </li>
  );
}
