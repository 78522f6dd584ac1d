import { Text, Title } from "@mantine/core";
import { Link } from "react-router";
import { useWords } from "../../app/words";
import { Duration, Since } from "../../components/Duration";
import { StateMark } from "../../components/StateMark";
import { type QueueNow, contactsBehind } from "./day";
import styles from "./TodayPage.module.css";

/** The queues behind the four figures, each leading to its contacts of today. */
export function QueueTable({ queues, from }: { queues: readonly QueueNow[]; from: string }) {
  const { say, intl } = useWords();
  const percent = (share: number | null) => (share === null ? "–" : intl.formatNumber(share, { style: "percent" }));
  return (
    <section className={`panel ${styles["part"] ?? ""}`} aria-labelledby="today-queues">
      <Title order={2} id="today-queues">{say("today.queues")}</Title>
      {queues.length === 0 ? <Text className="quiet">{say("today.queues.none")}</Text> : (
        <div className={styles["scroll"]} tabIndex={0} role="group" aria-label={say("today.queues")}>
          <table className={styles["table"]}>
            <thead>
              <tr>
                <th scope="col">{say("today.queue")}</th>
                <th scope="col">{say("today.waiting")}</th>
                <th scope="col">{say("today.longest")}</th>
                <th scope="col">{say("today.target")}</th>
                <th scope="col">{say("today.level")}</th>
                <th scope="col">{say("today.recent")}</th>
                <th scope="col">{say("today.offered")}</th>
                <th scope="col">{say("today.abandoned")}</th>
              </tr>
            </thead>
            <tbody>
              {queues.map(({ id, name, project, target_seconds, value }) => (
                <tr key={id} data-queue={id}>
                  <th scope="row">
                    <Link to={contactsBehind({ project, queue: id, from })}><bdi>{name}</bdi></Link>
                    {value.paused && <span className={styles["paused"]}><StateMark state="not_ready" /> {say("today.paused")}</span>}
                  </th>
                  <td>{intl.formatNumber(value.waiting)}</td>
                  <td>{value.waiting_since === null ? "–" : <Since moment={value.waiting_since} />}</td>
                  <td><Duration seconds={target_seconds} /></td>
                  <td>{percent(value.today.service_level)}</td>
                  <td>{percent(value.recent.service_level)}</td>
                  <td>{intl.formatNumber(value.today.offered)}</td>
                  <td><Link to={contactsBehind({ project, queue: id, from, outcome: "abandoned" })}>{intl.formatNumber(value.today.abandoned)}</Link></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
