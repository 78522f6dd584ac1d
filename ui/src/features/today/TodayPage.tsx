import { Select, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { api } from "../../api/client";
import { useWords } from "../../app/words";
import { Failure } from "../../components/Failure";
import { useNow } from "../../components/Duration";
import { written } from "../../components/durations";
import { PageSkeleton } from "../../components/PageSkeleton";
import { StateMark } from "../../components/StateMark";
import { useLiveFloor, useLiveState } from "../../live/live";
import type { QueueValue, Values } from "../../live/values";
import { useRequestChanges } from "../requests/requests";
import { type Day, type TodayTold, dayOf, sentenceOf } from "./day";
import { Figures } from "./Figures";
import { HappenedList } from "./HappenedList";
import { OpenRequests } from "./OpenRequests";
import { QueueTable } from "./QueueTable";
import styles from "./TodayPage.module.css";

const AGAIN_MILLISECONDS = 60_000;
const MARKS = { fine: "ready", look: "not_ready", alarm: "alarm" } as const;

/** Where a client begins: is it fine? One sentence, four figures, what happened. */
export function Component() {
  const { say } = useWords();
  const values = useLiveState((state) => state.values);
  const { data: told, error, refetch } = useToday(values);
  const [search, setSearch] = useSearchParams();
  if (error !== null && told === undefined) return <Failure error={error} retry={() => void refetch()} />;
  if (told === undefined) return <PageSkeleton />;
  const project = told.projects.find(({ id }) => id === search.get("project"))?.id ?? (told.projects.length === 1 ? told.projects[0]?.id ?? null : null);
  const day = dayOf(told, values, project);
  return (
    <div className={styles["page"]}>
      <div className={styles["head"]}>
        <Title order={1}>{say("nav.today")}</Title>
        {told.projects.length > 1 && (
          <Select
            aria-label={say("today.project")} placeholder={say("today.every_project")} clearable value={project} data={told.projects.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(id) => setSearch(id === null ? {} : { project: id }, { replace: true })}
          />
        )}
      </div>
      <Said day={day} told={told} />
      <Figures day={day} project={project} from={told.began_at} />
      <div className={styles["columns"]}>
        <QueueTable queues={day.queues} from={told.began_at} />
        <div className={styles["side"]}>
          <OpenRequests project={project} />
          <HappenedList happened={told.happened.filter((one) => project === null || one.project === project)} told={told} />
        </div>
      </div>
    </div>
  );
}

/** What happened, anew when a project is paused or goes on, when a request changes, and each minute. */
function useToday(values: Values) {
  const paused = Object.entries(values).filter(([key, value]) => key.startsWith("queues/") && (value as QueueValue).paused).map(([key]) => key).sort().join();
  const changes = useRequestChanges();
  return useQuery({
    queryKey: ["today", paused, changes],
    queryFn: async () => (await api.GET("/api/today")).data,
    placeholderData: (before) => before,
    refetchInterval: AGAIN_MILLISECONDS,
  });
}

function Said({ day, told }: { day: Day; told: TodayTold }) {
  const { say, intl } = useWords();
  const now = useNow();
  const nameOf = (id: string) => told.projects.find((one) => one.id === id)?.name ?? id;
  const { id, values, tone } = sentenceOf(day, useLiveFloor(), nameOf, now);
  const shown = Object.fromEntries(Object.entries(values).map(([name, value]) => {
    if (name === "longest") return [name, written(Number(value), "clock", intl.locale)];
    if (name === "share") return [name, intl.formatNumber(Number(value), { style: "percent" })];
    return [name, typeof value === "string" ? `\u2068${value}\u2069` : value];
  }));
  return (
    <p className={`panel ${styles["said"] ?? ""}`} data-tone={tone} data-testid="sentence">
      <StateMark state={MARKS[tone]} size={16} />
      <span>{say(id, shown)}</span>
    </p>
  );
}
