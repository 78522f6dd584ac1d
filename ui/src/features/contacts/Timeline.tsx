import type { ReactNode } from "react";
import { shownState } from "../../app/states";
import { useWords } from "../../app/words";
import { Duration } from "../../components/Duration";
import { StateMark } from "../../components/StateMark";
import { useNaming } from "../listening/requests";
import styles from "./ContactsPage.module.css";
import { type Moment, type Whole, storyOf, whyKey } from "./story";
import { OUTCOMES } from "./view";

const STATES = ["in_self_service", "offered", "in_conversation", "on_hold", "leaving_message", "elsewhere", "postponed"] as const;
const ENDS = ["answered", "abandoned", "overflowed", "voicemail", "callback", "transferred", "refused", "lost_to_fault"] as const;

/** What happened, in the order of time, with why it went where it went. */
export function Timeline({ contact }: { contact: Whole }) {
  const { intl } = useWords();
  return (
    <ol className={styles["story"]}>
      {storyOf(contact).map((moment, n) => (
        <li key={n}>
          <time dateTime={moment.at}>{intl.formatTime(moment.at, { timeStyle: "medium" })}</time>
          <Mark moment={moment} />
          <span className={moment.kind === "decision" ? styles["why"] : undefined}><Told moment={moment} /></span>
          {"seconds" in moment && moment.seconds !== null ? <Duration seconds={moment.seconds} /> : <span />}
        </li>
      ))}
    </ol>
  );
}

function Mark({ moment }: { moment: Moment }) {
  if (moment.kind === "state" && ["offered", "in_conversation", "on_hold"].includes(moment.state)) return <StateMark state={shownState(moment.state)} />;
  if (moment.kind === "wrap_up") return <StateMark state="wrapping_up" />;
  if (moment.kind === "closed" && (moment.outcome === "abandoned" || moment.outcome === "lost_to_fault")) return <StateMark state="alarm" />;
  return <span className={styles["dot"]} aria-hidden />;
}

function Told({ moment }: { moment: Moment }): ReactNode {
  const { say } = useWords();
  const naming = useNaming();
  const isolated = (text: string) => `\u2068${text}\u2069`;
  const agentOf = (id: string | null) => (id === null ? "" : isolated(naming("agents", id)));
  switch (moment.kind) {
    case "state": {
      const known = STATES.find((one) => one === moment.state);
      const state = known === undefined ? moment.state : say(`story.state.${known}`);
      return moment.agent === null ? state : say("story.with", { state, agent: agentOf(moment.agent) });
    }
    case "visit": {
      const ended = ENDS.find((one) => one === moment.ended);
      return say("story.queue", { queue: isolated(naming("queues", moment.queue)), ended: ended === undefined ? say("story.still") : say(`story.ended.${ended}`) });
    }
    case "decision": {
      const { agent, free, passed_over: passed } = moment.decision;
      return say(`story.why.${whyKey(moment.decision)}`, { agent: agentOf(agent), free, passed });
    }
    case "wrap_up":
      return <>{say("story.wrap_up", { agent: agentOf(moment.agent) })}{moment.disposition !== null && <>: <bdi>{moment.disposition}</bdi></>}</>;
    case "note":
      return <>{moment.next && <span className="quiet">{say("story.next")} </span>}<bdi className={styles["text"]}>{moment.text}</bdi>{moment.by !== null && <span className="quiet"> · <bdi>{moment.by}</bdi></span>}</>;
    case "closed": {
      const outcome = OUTCOMES.find((one) => one === moment.outcome);
      return say("story.closed", { outcome: outcome === undefined ? "" : say(`outcome.${outcome}`) });
    }
  }
}
