import { Anchor, Text, Title } from "@mantine/core";
import { Link } from "react-router";
import { useMe } from "../../app/session";
import { useWords } from "../../app/words";
import { Failure } from "../../components/Failure";
import { PageSkeleton } from "../../components/PageSkeleton";
import { useLiveState } from "../../live/live";
import type { FeedbackValue } from "../../live/values";
import { useNaming } from "../listening/requests";
import styles from "./FeedbackPage.module.css";
import { type QuestionTold, useFeedback } from "./feedback";

const BAR_PIXELS = 64;

/** What customers answer after conversations, as it arrives. */
export function Component() {
  const { say, intl } = useWords();
  const isStaff = useMe().client == null;
  const named = useNaming();
  const { data: told, error, refetch } = useFeedback();
  if (error !== null && told === undefined) return <Failure error={error} retry={() => void refetch()} />;
  if (told === undefined) return <PageSkeleton />;
  return (
    <div className={styles["page"]}>
      <Title order={1}>{say("nav.feedback")}</Title>
      <Today />
      {told.answers.length === 0 ? <div className={`panel ${styles["part"] ?? ""}`}><Text>{say("feedback.empty")}</Text></div> : (
        <>
          <section className={`panel ${styles["part"] ?? ""}`} aria-labelledby="feedback-newest">
            <Title order={2} id="feedback-newest">{say("feedback.newest")}</Title>
            <div className={styles["scroll"]} tabIndex={0} role="group" aria-label={say("feedback.newest")}>
              <table className={styles["table"]}>
                <thead>
                  <tr>
                    <th scope="col">{say("feedback.question")}</th>
                    <th scope="col">{say("feedback.answer")}</th>
                    <th scope="col">{say("feedback.queue")}</th>
                    {isStaff && <th scope="col">{say("feedback.agent")}</th>}
                    <th scope="col">{say("feedback.at")}</th>
                  </tr>
                </thead>
                <tbody>
                  {told.answers.map((one) => (
                    <tr key={`${one.contact} ${one.question}`} data-contact={one.contact}>
                      <th scope="row"><bdi>{named("questions", one.question)}</bdi></th>
                      <td>{intl.formatNumber(one.answer)}</td>
                      <td><bdi>{named("queues", one.queue) || "–"}</bdi></td>
                      {isStaff && <td><bdi>{named("agents", one.agent) || "–"}</bdi></td>}
                      <td>
                        <Anchor component={Link} to={`/contacts?open=${encodeURIComponent(one.contact)}`} title={say("feedback.open")}>
                          <time dateTime={one.at}>{intl.formatDate(one.at, { dateStyle: "medium", timeStyle: "short" })}</time>
                        </Anchor>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </section>
          <Title order={2}>{say("feedback.questions")}</Title>
          {told.questions.map((one) => <Question key={one.question} told={one} name={named("questions", one.question)} />)}
        </>
      )}
    </div>
  );
}

/** How many answers there were since midnight, as the live state counts them. */
function Today() {
  const { say, intl } = useWords();
  const values = useLiveState((state) => state.values);
  const found = Object.entries(values).filter(([key]) => key.startsWith("feedback/")).map(([, value]) => value as FeedbackValue);
  const count = found.reduce((sum, one) => sum + one.today, 0);
  if (count === 0) return null;
  const mean = found.reduce((sum, one) => sum + one.today * (one.today_mean ?? 0), 0) / count;
  return <Text role="status">{say("feedback.today")}: {say("feedback.told", { n: count, mean: intl.formatNumber(mean, { maximumFractionDigits: 1 }) })}</Text>;
}

function Question({ told, name }: { told: QuestionTold; name: string }) {
  const { say, intl } = useWords();
  const most = Math.max(...told.distribution, 1);
  const mean = (value: number) => intl.formatNumber(value, { maximumFractionDigits: 1 });
  return (
    <section className={`panel ${styles["part"] ?? ""}`} data-question={told.question}>
      <Title order={3}><bdi>{name}</bdi></Title>
      <Text className="quiet">{say("feedback.told", { n: told.count, mean: mean(told.mean) })}</Text>
      <ol className={styles["bars"]}>
        {told.distribution.map((count, n) => (
          <li key={n} title={say("feedback.key", { key: n + 1, count })}>
            <div className={styles["bar"]} style={{ height: (BAR_PIXELS * count) / most }} />
            <span>{intl.formatNumber(n + 1)}</span>
          </li>
        ))}
      </ol>
      <details>
        <summary>{say("feedback.days")}</summary>
        <table className={styles["table"]}>
          <thead><tr><th scope="col">{say("feedback.day")}</th><th scope="col">{say("feedback.count")}</th><th scope="col">{say("feedback.mean")}</th></tr></thead>
          <tbody>
            {told.days.map((day) => (
              <tr key={day.day}><th scope="row">{intl.formatDate(day.day, { dateStyle: "medium", timeZone: "UTC" })}</th><td>{intl.formatNumber(day.count)}</td><td>{mean(day.mean)}</td></tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
}
