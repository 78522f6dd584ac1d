import { Anchor, Button, Group, Select, Text, Title } from "@mantine/core";
import { Download } from "lucide-react";
import { Link, useSearchParams } from "react-router";
import { useMe } from "../../app/session";
import { useWords } from "../../app/words";
import { Failure } from "../../components/Failure";
import { PageSkeleton } from "../../components/PageSkeleton";
import { useLiveState } from "../../live/live";
import type { FeedbackValue } from "../../live/values";
import { fetchFile } from "../administration/table/download";
import { useAllNames, useNaming, useQuestions } from "../listening/requests";
import styles from "./FeedbackPage.module.css";
import { type Looked, type QuestionTold, sheetOf, useFeedback } from "./feedback";

const BAR_PIXELS = 64;

/** What customers answer after conversations, as it arrives. */
export function Component() {
  const { say, intl } = useWords();
  const isStaff = useMe().client == null;
  const named = useNaming();
  const asked = useQuestions();
  const [search, setSearch] = useSearchParams();
  const looked = { project: search.get("project"), queue: search.get("queue") };
  const { newest, days } = useFeedback(looked);
  const error = newest.error ?? days.error;
  if (error !== null && (newest.data === undefined || days.data === undefined)) {
    return <Failure error={error} retry={() => void Promise.all([newest.refetch(), days.refetch()])} />;
  }
  if (newest.data === undefined || days.data === undefined) return <PageSkeleton />;
  const answers = newest.data.pages.flatMap((page) => page.answers);
  return (
    <div className={styles["page"]}>
      <Title order={1}>{say("nav.feedback")}</Title>
      <LookedAt looked={looked} put={(chosen) => setSearch(chosen, { replace: true })} />
      {looked.queue === null && <Today project={looked.project} />}
      {answers.length === 0 ? <div className={`panel ${styles["part"] ?? ""}`}><Text>{say(looked.project === null && looked.queue === null ? "feedback.empty" : "contacts.nothing")}</Text></div> : (
        <>
          <section className={`panel ${styles["part"] ?? ""}`} aria-labelledby="feedback-newest">
            <Group justify="space-between">
              <Title order={2} id="feedback-newest">{say("feedback.newest")}</Title>
              <Button variant="default" leftSection={<Download size={16} aria-hidden />} onClick={() => fetchFile(sheetOf(looked))}>CSV</Button>
            </Group>
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
                  {answers.map((one) => (
                    <tr key={`${one.contact} ${one.question}`} data-contact={one.contact}>
                      <th scope="row"><bdi>{asked(one.project, one.question)}</bdi></th>
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
            {newest.hasNextPage && !newest.isPlaceholderData && <Button variant="default" loading={newest.isFetchingNextPage} onClick={() => void newest.fetchNextPage()}>{say("history.more")}</Button>}
          </section>
          <Title order={2}>{say("feedback.questions")}</Title>
          {days.data.map((one) => <Question key={one.question} told={one} name={asked(looked.project, one.question)} />)}
        </>
      )}
    </div>
  );
}

/** One project or queue, of those that there are, kept in the address bar. */
function LookedAt({ looked, put }: { looked: Looked; put: (chosen: Record<string, string>) => void }) {
  const { say } = useWords();
  const { data: names } = useAllNames();
  const choose = (changed: Partial<Looked>) => {
    const chosen = Object.entries({ ...looked, ...changed }).filter((one): one is [string, string] => one[1] !== null);
    put(Object.fromEntries(chosen));
  };
  const queues = (names?.queues ?? []).filter((one) => looked.project === null || one.project === looked.project);
  return (
    <Group gap="sm">
      <Select
        aria-label={say("contacts.project")} placeholder={say("contacts.project")} clearable searchable value={looked.project}
        data={(names?.projects ?? []).map(({ id, name }) => ({ value: id, label: name }))} onChange={(project) => choose({ project, queue: null })}
      />
      <Select
        aria-label={say("feedback.queue")} placeholder={say("feedback.queue")} clearable searchable value={looked.queue}
        data={queues.map(({ id, name }) => ({ value: id, label: name }))} onChange={(queue) => choose({ queue })}
      />
    </Group>
  );
}

/** How many answers there were since midnight, as the live state counts them. */
function Today({ project }: { project: string | null }) {
  const { say, intl } = useWords();
  const values = useLiveState((state) => state.values);
  const found = Object.entries(values).filter(([key]) => (project === null ? key.startsWith("feedback/") : key === `feedback/${project}`)).map(([, value]) => value as FeedbackValue);
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
            <span className="unseen">{say("feedback.key", { key: n + 1, count })}</span>
            <div className={styles["bar"]} style={{ height: (BAR_PIXELS * count) / most }} />
            <span aria-hidden>{intl.formatNumber(n + 1)}</span>
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
