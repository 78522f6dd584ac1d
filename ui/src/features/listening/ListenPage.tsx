import { Select, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useSearchParams } from "react-router";
import { useMay } from "../../app/session";
import { useWords } from "../../app/words";
import { Failure } from "../../components/Failure";
import { StateMark } from "../../components/StateMark";
import { CheckIt } from "./CheckIt";
import { DrawIt } from "./DrawIt";
import { Drawn } from "./Drawn";
import styles from "./ListenPage.module.css";
import { type SampleDay, useAllNames, useSample, useSampleDays, useTerms } from "./requests";
import { TermsPanel } from "./TermsPanel";

/** The sample that the contract lets the client hear, day by day: how it was drawn, the recordings, who heard them. */
export function Component() {
  const { say } = useWords();
  const names = useAllNames();
  const [search, setSearch] = useSearchParams();
  const projects = names.data?.projects ?? [];
  const project = search.get("project") ?? projects[0]?.id ?? "";
  const put = (changed: Record<string, string | null>) => setSearch((before) => {
    const after = new URLSearchParams(before);
    for (const [name, value] of Object.entries(changed)) {
      if (value === null) after.delete(name);
      else after.set(name, value);
    }
    return after;
  }, { replace: true });
  return (
    <div className={styles["page"]}>
      <div className={styles["head"]}>
        <Title order={1}>{say("nav.listen")}</Title>
        {projects.length > 1 && (
          <Select
            aria-label={say("contacts.project")} data={projects.map(({ id, name }) => ({ value: id, label: name }))} value={project} allowDeselect={false} searchable
            onChange={(to) => put({ project: to, day: null, open: null })}
          />
        )}
      </div>
      {names.error !== null && <Failure error={names.error} retry={() => void names.refetch()} />}
      {names.data?.projects.length === 0 && <div className="panel"><Text p="xl">{say("listen.no_project")}</Text></div>}
      {project !== "" && <Project key={project} project={project} asked={search.get("day")} open={search.get("open")} put={put} />}
    </div>
  );
}

interface Given {
  project: string;
  asked: string | null;
  open: string | null;
  put: (changed: Record<string, string | null>) => void;
}

function Project({ project, asked, open, put }: Given) {
  const { say } = useWords();
  const days = useSampleDays(project);
  const terms = useTerms(project);
  const day = asked ?? firstToShow(days.data ?? [])?.day ?? null;
  if (days.error !== null) return <Failure error={days.error} retry={() => void days.refetch()} />;
  if (days.data === undefined || terms.data === undefined) return <Skeleton height={160} />;
  return (
    <div className={styles["split"]}>
      <div className={styles["aside"]}>
        <TermsPanel project={project} terms={terms.data} />
        {days.data.length > 0 && <Days days={days.data} chosen={day} choose={(to) => put({ day: to, open: null })} />}
      </div>
      <div className={styles["main"]}>
        {day === null
          ? <div className="panel"><Text p="xl">{say(terms.data.length === 0 ? "listen.no_terms" : "listen.no_days")}</Text></div>
          : <Day key={day} project={project} day={day} open={open} toggle={(contact) => put({ open: contact === open ? null : contact })} />}
      </div>
    </div>
  );
}

/** The day that somebody comes for: one whose sample waits for the client, else the latest that is drawn, else what there is. */
function firstToShow(days: readonly SampleDay[]): SampleDay | undefined {
  return days.findLast(({ state }) => state === "sealed") ?? days.find(({ state }) => state === "given" || state === "drawn")
    ?? days.find(({ state }) => state === "settling" || state === "running") ?? days.at(-1);
}

function Days({ days, chosen, choose }: { days: readonly SampleDay[]; chosen: string | null; choose: (day: string) => void }) {
  const { say, intl } = useWords();
  return (
    <nav aria-label={say("listen.days")} className={`panel ${styles["days"] ?? ""}`}>
      <ul>
        {days.map(({ day, state }) => (
          <li key={day}>
            <button type="button" aria-current={day === chosen ? "true" : undefined} onClick={() => choose(day)}>
              <span>{intl.formatDate(`${day}T12:00:00Z`, { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" })}</span>
              <span className={styles["state"]}><StateMark state={MARKS[state]} /> {say(`listen.state.${state}`)}</span>
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

const MARKS = { committed: "signed_out", running: "in_conversation", settling: "wrapping_up", sealed: "offered", given: "wrapping_up", drawn: "ready" } as const;

function Day({ project, day, open, toggle }: { project: string; day: string; open: string | null; toggle: (contact: string) => void }) {
  const { say, intl } = useWords();
  const may = useMay();
  const { data: sample, error, refetch } = useSample(project, day);
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />;
  if (sample === undefined) return <Skeleton height={240} />;
  const share = intl.formatNumber(sample.share_percent / 100, { style: "percent", maximumFractionDigits: 2 });
  return (
    <Stack gap="lg">
      <div>
        <Title order={2}>{intl.formatDate(`${day}T12:00:00Z`, { dateStyle: "full", timeZone: "UTC" })}</Title>
        <Text className="quiet">{say(`listen.told.${sample.state}`, { share, all: sample.contacts ?? 0, drawn: sample.drawn.length, zone: `\u2066${sample.zone}\u2069` })}</Text>
        {sample.state === "drawn" && sample.client_half === null && <Text size="sm"><StateMark state="alarm" /> {say("listen.without_client")}</Text>}
        {sample.late > 0 && <Text size="sm"><StateMark state="alarm" /> {say("listen.late", { count: sample.late })}</Text>}
      </div>
      {sample.state === "sealed" && <DrawIt project={project} day={day} may={may("sample.draw")} />}
      {sample.state === "drawn" && <Drawn sample={sample} open={open} toggle={toggle} />}
      <CheckIt project={project} sample={sample} />
    </Stack>
  );
}
