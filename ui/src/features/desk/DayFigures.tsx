import { useWords } from "../../app/words";
import { Duration } from "../../components/Duration";
import styles from "./DeskPage.module.css";
import { useDay } from "./requests";

/** The agent's own day, without ranking. */
export function DayFigures({ agent }: { agent: string }) {
  const { say, intl } = useWords();
  const { data } = useDay(agent);
  const mean = (seconds: number) => (data === undefined || data.conversations === 0 ? null : seconds / data.conversations);
  const handle = data === undefined ? null : mean(data.talk_seconds + data.hold_seconds + data.wrap_up_seconds);
  const shown = (seconds: number | null | undefined) => (seconds == null ? "–" : <Duration seconds={seconds} />);
  return (
    <dl className={styles["figures"]} aria-label={say("day.title")}>
      <div><dt>{say("day.title")}</dt></div>
      <div title={say("day.conversations.meaning")}><dt>{say("day.conversations")}</dt><dd>{data === undefined ? "–" : intl.formatNumber(data.conversations)}</dd></div>
      <div title={say("day.handle.meaning")}><dt>{say("day.handle")}</dt><dd>{shown(handle)}</dd></div>
      <div title={say("day.talk.meaning")}><dt>{say("day.talk")}</dt><dd>{shown(data?.talk_seconds)}</dd></div>
      <div title={say("day.wrap_up.meaning")}><dt>{say("day.wrap_up")}</dt><dd>{shown(data?.wrap_up_seconds)}</dd></div>
      <div title={say("day.ready.meaning")}><dt>{say("day.ready")}</dt><dd>{shown(data?.ready_seconds)}</dd></div>
      <div title={say("day.not_ready.meaning")}><dt>{say("day.not_ready")}</dt><dd>{shown(data?.not_ready_seconds)}</dd></div>
    </dl>
  );
}
