import { Button, SegmentedControl, Select, Skeleton, Stack, Text, Title } from "@mantine/core";
import { Plus } from "lucide-react";
import { type KeyboardEvent, useMemo } from "react";
import { useSearchParams } from "react-router";
import { useActions } from "../../app/actions";
import { useMay } from "../../app/session";
import { useWords } from "../../app/words";
import { Failure } from "../../components/Failure";
import { Age } from "./Age";
import { AskPanel } from "./AskPanel";
import { RequestPanel } from "./RequestPanel";
import { type Request, type RequestState, useRequests, useResponseTimes } from "./requests";
import styles from "./RequestsPage.module.css";
import { Turn } from "./Turn";

const NEW = "+";
const WAITING_ROWS = 4;

/** What centre and client want of each other, by age, with whose turn it is; one beside the list. */
export function Component() {
  const { say } = useWords();
  const may = useMay();
  const [search, setSearch] = useSearchParams();
  const put = (name: string, value: string | null) => setSearch((before) => {
    const after = new URLSearchParams(before);
    if (value === null) after.delete(name);
    else after.set(name, value);
    return after;
  }, { replace: true });
  const state: RequestState = search.get("state") === "done" ? "done" : "open";
  const project = search.get("project");
  const open = search.get("open");
  const { data: requests, error, refetch, dataUpdatedAt } = useRequests(state, project);
  const { data: projects } = useResponseTimes();
  const mayAct = may("requests.act");
  useActions("requests", useMemo(() => (mayAct ? [{ id: "requests.ask", label: say("requests.new"), run: () => setSearch({ open: NEW }) }] : []), [mayAct, say, setSearch]));
  if (error !== null && requests === undefined) return <Failure error={error} retry={() => void refetch()} />;
  const ask = mayAct && <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => put("open", NEW)}>{say("requests.new")}</Button>;
  return (
    <div className={styles["page"]}>
      <div className={styles["head"]}>
        <Title order={1}>{say("nav.requests")}</Title>
        <SegmentedControl
          aria-label={say("requests.show")} value={state} onChange={(value) => put("state", value === "done" ? value : null)}
          data={[{ value: "open", label: say("requests.open") }, { value: "done", label: say("requests.done") }]}
        />
        {projects !== undefined && projects.length > 1 && (
          <Select
            aria-label={say("requests.field.project")} placeholder={say("requests.every_project")} clearable searchable value={project} onChange={(value) => put("project", value)}
            data={projects.map((one) => ({ value: one.project, label: one.name }))}
          />
        )}
        {ask}
      </div>
      <div className={styles["split"]}>
        <List requests={requests} answeredAt={dataUpdatedAt} open={open} choose={(id) => put("open", id)} empty={(
          <Stack align="center" p="xl"><Text ta="center">{say(state === "open" ? "requests.empty" : "requests.empty.done")}</Text>{state === "open" && ask}</Stack>
        )} />
        {open === NEW && mayAct && <AskPanel close={() => put("open", null)} done={(id) => put("open", id)} />}
        {open !== null && open !== NEW && <RequestPanel key={open} id={open} close={() => put("open", null)} />}
      </div>
    </div>
  );
}

interface ListGiven {
  requests: readonly Request[] | undefined;
  answeredAt: number;
  open: string | null;
  choose: (id: string) => void;
  empty: React.ReactNode;
}

function List({ requests, answeredAt, open, choose, empty }: ListGiven) {
  const { say } = useWords();
  if (requests === undefined) {
    return <Stack className={styles["list"] ?? ""} gap="sm" aria-busy>{Array.from({ length: WAITING_ROWS }, (_, n) => <Skeleton key={n} height={72} />)}</Stack>;
  }
  if (requests.length === 0) return <div className={`panel ${styles["list"] ?? ""}`}>{empty}</div>;
  return (
    <ul className={styles["list"]} aria-label={say("nav.requests")} onKeyDown={moveInList}>
      {requests.map((request) => (
        <li key={request.id}>
          <button type="button" className={`panel ${styles["row"] ?? ""}`} aria-current={request.id === open} onClick={() => choose(request.id)}>
            <span className={styles["words"]}><bdi>{request.words}</bdi></span>
            <span className="quiet"><bdi>{request.project_name ?? request.client_name ?? request.client}</bdi> · {say(`requests.kind.${request.kind}`)}</span>
            <Turn request={request} />
            <span className={styles["ages"]}>
              <span title={say("requests.age.asked.meaning")}>{say("requests.age.asked")} <Age seconds={request.asked_seconds} answeredAt={answeredAt} stopped={request.turn === null} /></span>
              {request.turn !== null && <span title={say("requests.age.turn.meaning")}>{say("requests.age.turn")} <Age seconds={request.turn_seconds} answeredAt={answeredAt} /></span>}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Arrows go from one request to the next. */
function moveInList(event: KeyboardEvent<HTMLElement>): void {
  if (!(event.target instanceof HTMLButtonElement)) return;
  const item = event.target.parentElement;
  const sibling = { ArrowDown: item?.nextElementSibling, ArrowUp: item?.previousElementSibling }[event.key];
  if (sibling == null) return;
  event.preventDefault();
  sibling.querySelector("button")?.focus();
}
