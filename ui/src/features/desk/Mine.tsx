import { Text } from "@mantine/core";
import { shownState } from "../../app/states";
import { useWords } from "../../app/words";
import { Since, Until } from "../../components/Duration";
import { StateMark } from "../../components/StateMark";
import { useLiveQueue } from "../../live/live";
import type { AgentValue, InHand } from "../../live/values";
import styles from "./DeskPage.module.css";
import { useNameOf } from "./names";
import { useCustomerNumber } from "./useCustomerNumber";

/** What is in the agent's hands, and how many wait in the queues that the agent serves. */
export function Mine({ live, focus }: { live: AgentValue | null; focus: InHand | null }) {
  const { say } = useWords();
  const contacts = live?.contacts ?? [];
  const queues = live?.queues ?? [];
  return (
    <>
      <h2 id="mine" className={styles["title"]}>{say("mine.title")}</h2>
      {contacts.length === 0 && <Text className="quiet" size="sm">{say("mine.empty")}</Text>}
      <ul>
        {contacts.map((one) => <Item key={one.offer} one={one} isCurrent={one.contact === focus?.contact} />)}
      </ul>
      {queues.length > 0 && (
        <>
          <h2 className={styles["title"]} style={{ marginBlockStart: 24 }}>{say("mine.waiting")}</h2>
          <ul>{queues.map((queue) => <Waiting key={queue} queue={queue} />)}</ul>
        </>
      )}
    </>
  );
}

function Item({ one, isCurrent }: { one: InHand; isCurrent: boolean }) {
  const { say } = useWords();
  const customer = useCustomerNumber(one.contact);
  const queue = useNameOf("queues", one.queue);
  const state = shownState(one.state);
  return (
    <li className={styles["item"]} aria-current={isCurrent}>
      <StateMark state={state} size={16} />
      <span>
        <b className="cut"><bdi dir="ltr">{customer ?? "…"}</bdi></b>
        <small>{say(`state.${state}`)} · <bdi>{queue}</bdi></small>
      </span>
      {one.until === null ? <Since moment={one.since} /> : <Until moment={one.until} />}
    </li>
  );
}

function Waiting({ queue }: { queue: string }) {
  const { say, intl } = useWords();
  const live = useLiveQueue(queue);
  const name = useNameOf("queues", queue);
  return (
    <li className={styles["queue"]}>
      <bdi className="cut" title={name}>{name}</bdi>
      <b title={say("mine.waiting.meaning")}>{live === null ? "–" : intl.formatNumber(live.waiting)}</b>
      <small title={say("mine.longest.meaning")}>{live?.waiting_since != null ? <Since moment={live.waiting_since} /> : ""}</small>
    </li>
  );
}
