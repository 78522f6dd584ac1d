import { Anchor, Button, Skeleton, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useMay } from "../../app/session";
import { useWords } from "../../app/words";
import { Failure } from "../../components/Failure";
import { NotThere, Player } from "../listening/Player";
import { useNaming } from "../listening/requests";
import { SidePanel } from "../people/SidePanel";
import styles from "./ContactsPage.module.css";
import { useWhole } from "./requests";
import { type Whole, typedOf } from "./story";
import { Timeline } from "./Timeline";
import { isEnough } from "./view";

interface Given {
  contact: string;
  close: () => void;
  look: (changed: { customer: string }) => void;
}

/** All that is known of a contact: what happened and why, the sound of it, what was written. */
export function ContactPanel({ contact, close, look }: Given) {
  const { data, error, refetch } = useWhole(contact);
  return (
    <SidePanel wide title={<bdi dir="ltr">{data?.customer ?? contact}</bdi>} close={close}>
      {error !== null && <Failure error={error} retry={() => void refetch()} />}
      {data === undefined && error === null && <Stack><Skeleton height={64} /><Skeleton height={240} /></Stack>}
      {data !== undefined && <Known contact={data} look={look} />}
    </SidePanel>
  );
}

function Known({ contact, look }: { contact: Whole; look: Given["look"] }) {
  const { say, intl } = useWords();
  const naming = useNaming();
  const typed = typedOf(contact.form);
  return (
    <Stack gap="lg">
      <dl className={styles["facts"]}>
        <dt>{say("contacts.arrived")}</dt><dd>{intl.formatDate(contact.arrived_at, { dateStyle: "full", timeStyle: "medium" })}</dd>
        <dt>{say("contacts.project")}</dt><dd><bdi>{naming("projects", contact.project)}</bdi></dd>
        {contact.number != null && <><dt>{say("contacts.number")}</dt><dd><bdi dir="ltr">{contact.number}</bdi></dd></>}
        <dt>{say("contacts.id")}</dt><dd><bdi dir="ltr"><code>{contact.contact}</code></bdi></dd>
        {isEnough(contact.customer) && <><dt>{say("contacts.customer")}</dt><dd><Anchor component="button" type="button" size="sm" onClick={() => look({ customer: contact.customer })}>{say("contacts.same_customer")}</Anchor></dd></>}
      </dl>
      <Recordings contact={contact} />
      <section>
        <h3 className={styles["title"]}>{say("story.title")}</h3>
        <Timeline contact={contact} />
      </section>
      {typed.length > 0 && (
        <section>
          <h3 className={styles["title"]}>{say("story.form")}</h3>
          <dl className={styles["facts"]}>{typed.map(([name, value]) => <div key={name} style={{ display: "contents" }}><dt><bdi>{name}</bdi></dt><dd dir="auto">{value}</dd></div>)}</dl>
        </section>
      )}
      <OwnWords contact={contact} />
    </Stack>
  );
}

function Recordings({ contact }: { contact: Whole }) {
  const { say } = useWords();
  const may = useMay();
  if (contact.recordings.length === 0) return null;
  return (
    <section>
      <h3 className={styles["title"]}>{say("story.recordings")}</h3>
      <Stack gap="lg">
        {contact.recordings.map(({ recording, state }) => (
          state === "missing" ? <NotThere key={recording} code="recording_missing" />
          : state === "expected" ? <NotThere key={recording} code="recording_not_ready" />
          : may("recordings.play") ? <Player key={recording} recording={recording} /> : <Text key={recording} size="sm" className="quiet">{say("story.kept")}</Text>
        ))}
      </Stack>
    </section>
  );
}

/** The journal's own lines, in English: for whoever asks exactly what the floor was told and did. */
function OwnWords({ contact }: { contact: Whole }) {
  const { say, intl } = useWords();
  const [isOpen, open] = useState(false);
  if (contact.explanation.length === 0) return null;
  return (
    <section>
      <Button size="xs" variant="subtle" aria-expanded={isOpen} onClick={() => open(!isOpen)}>{say("story.own_words", { count: contact.explanation.length })}</Button>
      {isOpen && (
        <ol className={styles["words"]} dir="ltr" lang="en" tabIndex={0}>
          {contact.explanation.map((line, n) => <li key={n}><span className="quiet">{intl.formatTime(line.at, { timeStyle: "medium" })}</span><span>{line.text}</span></li>)}
        </ol>
      )}
    </section>
  );
}
