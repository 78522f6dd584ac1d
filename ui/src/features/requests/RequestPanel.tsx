import { Skeleton, Stack, Text, Title } from "@mantine/core";
import { useWords } from "../../app/words";
import { Failure } from "../../components/Failure";
import { SidePanel } from "../people/SidePanel";
import { Age, Left } from "./Age";
import { MoveForm } from "./MoveForm";
import { type Entry, type RequestWithLog, useRequest } from "./requests";
import styles from "./RequestsPage.module.css";
import { Turn } from "./Turn";

/** One request: whose turn it is and since when, everything that was said and done, and what may be done now. */
export function RequestPanel({ id, close }: { id: string; close: () => void }) {
  const { say } = useWords();
  const { data: request, error, refetch, dataUpdatedAt } = useRequest(id);
  return (
    <SidePanel title={request === undefined ? say("nav.requests") : say(`requests.kind.${request.kind}`)} close={close} foot={request !== undefined && request.moves.length > 0 && <MoveForm request={request} />}>
      {error !== null && request === undefined && <Failure error={error} retry={() => void refetch()} />}
      {error === null && request === undefined && <Stack aria-busy><Skeleton height={16} width="60%" /><Skeleton height={96} /></Stack>}
      {request !== undefined && <Told request={request} answeredAt={dataUpdatedAt} />}
    </SidePanel>
  );
}

function Told({ request, answeredAt }: { request: RequestWithLog; answeredAt: number }) {
  const { say, intl } = useWords();
  const isOwed = request.turn !== null && request.state !== "answered";
  return (
    <Stack gap="lg">
      <Turn request={request} />
      <dl className={styles["facts"]}>
        <dt className="quiet">{say("requests.age.asked")}</dt>
        <dd title={say("requests.age.asked.meaning")}><Age seconds={request.asked_seconds} answeredAt={answeredAt} stopped={request.turn === null} /></dd>
        {request.turn !== null && (
          <>
            <dt className="quiet">{say("requests.age.turn")}</dt>
            <dd title={say("requests.age.turn.meaning")}><Age seconds={request.turn_seconds} answeredAt={answeredAt} /></dd>
          </>
        )}
        {isOwed && (
          <>
            <dt className="quiet">{say("requests.due")}</dt>
            <dd>
              {intl.formatDate(request.due_at, { dateStyle: "medium", timeStyle: "short" })}{" "}
              {request.due_seconds > 0 && <span className="quiet">(<Left seconds={request.due_seconds} answeredAt={answeredAt} />)</span>}
            </dd>
          </>
        )}
        <dt className="quiet">{say("requests.field.project")}</dt>
        <dd><bdi>{request.project_name ?? say("requests.field.project.whole")}</bdi></dd>
        <dt className="quiet">{say("requests.owner")}</dt>
        <dd>{request.owner_name === null ? say("requests.owner.none") : <bdi>{request.owner_name}</bdi>}</dd>
      </dl>
      <Title order={3}>{say("requests.log")}</Title>
      <ol className={styles["log"]} aria-label={say("requests.log")}>
        {request.log.map((entry, n) => <One key={n} entry={entry} />)}
      </ol>
    </Stack>
  );
}

function One({ entry }: { entry: Entry }) {
  const { say, intl } = useWords();
  return (
    <li data-internal={entry.is_internal}>
      <Text size="sm">
        <strong>{say(`requests.did.${entry.act}`)}</strong>{" "}
        <span className="quiet">
          {entry.side === null ? say("requests.side.time") : <><bdi>{entry.author_name}</bdi>, {say(`requests.side.${entry.side}`)}</>} ·{" "}
          <time dateTime={entry.at}>{intl.formatDate(entry.at, { dateStyle: "medium", timeStyle: "short" })}</time>
        </span>
      </Text>
      {entry.until !== null && <Text size="sm">{say("requests.until.shown", { moment: intl.formatDate(entry.until, { dateStyle: "medium", timeStyle: "short" }) })}</Text>}
      {entry.words !== null && <p className={styles["said"]} dir="auto">{entry.words}</p>}
    </li>
  );
}
