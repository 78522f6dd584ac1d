import { Text, Title, UnstyledButton } from "@mantine/core";
import { PhoneOff, Shuffle } from "lucide-react";
import { useWords } from "../../app/words";
import { Since } from "../../components/Duration";
import { StateMark } from "../../components/StateMark";
import { useLiveContact } from "../../live/live";
import { useNameOf } from "../desk/names";
import { useReasonShown } from "../desk/notReady";
import styles from "./FloorPage.module.css";
import { type AgentCard, grouped } from "./floor";

/** Agents as small cards, grouped by what they do, with how long and with whom. */
export function AgentGrid({ agents, open, onOpen }: { agents: readonly AgentCard[]; open: string | null; onOpen: (what: string) => void }) {
  const { say, intl } = useWords();
  return (
    <section aria-labelledby="agents" className={styles["agents"]}>
      <Title order={2} id="agents">{say("floor.agents")}</Title>
      {grouped(agents).map(({ state, cards }) => (
        <div key={state} className={styles["group"]}>
          <h3><StateMark state={state} size={14} /> {say(`state.${state}`)} <span className="quiet">{intl.formatNumber(cards.length)}</span></h3>
          <ul>
            {cards.map((card) => (
              <li key={card.id}><Card card={card} isOpen={open === `agent:${card.id}`} onOpen={() => onOpen(`agent:${card.id}`)} /></li>
            ))}
          </ul>
        </div>
      ))}
      {agents.length === 0 && <Text className="quiet">{say("floor.agents.empty")}</Text>}
    </section>
  );
}

function Card({ card: { id, agent, state }, isOpen, onOpen }: { card: AgentCard; isOpen: boolean; onOpen: () => void }) {
  const { say } = useWords();
  const name = useNameOf("agents", id);
  const reason = useReasonShown(agent.reason);
  const contact = useLiveContact(agent.contacts[0]?.contact ?? null);
  const queue = useNameOf("queues", agent.contacts[0]?.queue ?? null);
  return (
    <UnstyledButton className={styles["card"] ?? ""} data-row data-state={state} data-agent={id} aria-expanded={isOpen} onClick={onOpen}>
      <span className={styles["line"]}>
        <StateMark state={state} />
        <b className="cut"><bdi>{name}</bdi></b>
        <Since moment={agent.since} />
      </span>
      <small className="cut">
        {contact !== null ? <><bdi dir="ltr">{contact.customer.name ?? contact.customer.number}</bdi> · <bdi>{queue}</bdi></> : <bdi>{reason}</bdi>}
        {agent.moved && <> <Shuffle size={12} aria-label={say("floor.moved")} /></>}
        {!agent.phone && state !== "signed_out" && <> <PhoneOff size={12} aria-label={say("floor.no_phone")} /></>}
      </small>
    </UnstyledButton>
  );
}
