import { Anchor, Skeleton, Stack, Text } from "@mantine/core";
import { ExternalLink } from "lucide-react";
import { RequestFailed } from "../../api/problems";
import { useWords } from "../../app/words";
import { Duration, Since } from "../../components/Duration";
import { Failure } from "../../components/Failure";
import { useLiveContact } from "../../live/live";
import type { InHand } from "../../live/values";
import styles from "./DeskPage.module.css";
import { useNameOf } from "./names";
import { type ContactLine, useContact, useHistory, useScreenPop } from "./requests";
import { useCustomerNumber } from "./useCustomerNumber";
import { useWhy } from "./why";

const SHOWN_MAX = 20;

/** Who it is about: the card, why it came here, what was before, what was promised. */
export function Who({ focus }: { focus: InHand | null }) {
  const { say } = useWords();
  return (
    <>
      <h2 id="who" className={styles["title"]}>{say("who.title")}</h2>
      {focus === null ? <Text size="sm" className="quiet">{say("who.empty")}</Text> : <Card contact={focus.contact} offer={focus.offer} />}
    </>
  );
}

function Card({ contact, offer }: { contact: string; offer: string }) {
  const { say, intl } = useWords();
  const live = useLiveContact(contact);
  const record = useContact(contact);
  const customer = useCustomerNumber(contact);
  const queue = useNameOf("queues", live?.queue ?? record.data?.queue ?? null);
  const project = useNameOf("projects", live?.project ?? record.data?.project ?? null);
  const pop = useScreenPop(live?.project ?? record.data?.project ?? null, contact);
  const why = useWhy(contact);
  const notes = record.data?.notes.filter(({ id }) => !id.endsWith(`-${offer}`)) ?? []; // one's own stands in the form
  const isNew = record.error instanceof RequestFailed && record.error.status === 404; // its record is on the way
  const arrived = live?.arrived_at ?? record.data?.arrived_at ?? null;
  return (
    <Stack gap="lg">
      <div>
        {live?.customer.name != null && <Text fw={600} size="lg"><bdi>{live.customer.name}</bdi></Text>}
        <Text fw={600} size="lg"><bdi dir="ltr">{customer ?? "…"}</bdi></Text>
        {pop !== null && (
          <Anchor href={pop} target="_blank" rel="noreferrer noopener" size="sm">{say("who.open")} <ExternalLink size={12} aria-hidden /></Anchor>
        )}
      </div>
      <dl className={styles["facts"]}>
        <dt>{say("who.project")}</dt><dd><bdi>{project}</bdi></dd>
        <dt>{say("who.queue")}</dt><dd><bdi>{queue}</bdi></dd>
        {arrived !== null && <><dt>{say("who.arrived")}</dt><dd>{intl.formatTime(arrived)}</dd></>}
        {live?.waited_seconds != null ? (
          <><dt>{say("who.waited")}</dt><dd><Duration seconds={live.waited_seconds} /></dd></>
        ) : (
          live?.waiting_since != null && <><dt>{say("who.waiting")}</dt><dd><Since moment={live.waiting_since} /></dd></>
        )}
        {why !== null && <><dt>{say("who.why")}</dt><dd>{why}</dd></>}
      </dl>
      {notes.length > 0 && (
        <div>
          <h3 className={styles["title"]}>{say("who.notes")}</h3>
          <ul className={styles["lines"]}>
            {notes.map((note) => <li key={note.id}>{note.kind === "next_action" && <span className="quiet">{say("who.next_action")}</span>}<span style={{ whiteSpace: "pre-line" }} dir="auto">{note.text}</span></li>)}
          </ul>
        </div>
      )}
      <History customer={customer} now={contact} />
      {record.isError && !isNew && <Failure error={record.error} retry={() => void record.refetch()} />}
    </Stack>
  );
}

function History({ customer, now }: { customer: string | null; now: string }) {
  const { say } = useWords();
  const history = useHistory(customer, now);
  if (history.isPending && customer !== null) return <Skeleton height={80} />;
  const lines = (history.data ?? []).filter((one) => one.contact !== now).slice(0, SHOWN_MAX);
  const promises = lines.filter((one) => one.state === "postponed");
  const before = lines.filter((one) => !promises.includes(one));
  return (
    <>
      {promises.length > 0 && (
        <div>
          <h3 className={styles["title"]}>{say("who.promises")}</h3>
          <ul className={styles["lines"]}>{promises.map((one) => <Line key={one.contact} one={one} />)}</ul>
        </div>
      )}
      <div>
        <h3 className={styles["title"]}>{say("who.history")}</h3>
        {before.length === 0 && <Text size="sm" className="quiet">{say("who.first_time")}</Text>}
        <ul className={styles["lines"]}>{before.map((one) => <Line key={one.contact} one={one} />)}</ul>
      </div>
    </>
  );
}

function Line({ one }: { one: ContactLine }) {
  const { intl } = useWords();
  const queue = useNameOf("queues", one.queue);
  return (
    <li>
      <span>{intl.formatDate(one.arrived_at, { day: "numeric", month: "short", hour: "numeric", minute: "numeric" })}</span>
      <span className="cut"><bdi>{queue}</bdi></span>
    </li>
  );
}
