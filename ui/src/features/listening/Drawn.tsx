import { Anchor, Text } from "@mantine/core";
import { ChevronDown, MessageSquare } from "lucide-react";
import { Link } from "react-router";
import { useMay } from "../../app/session";
import { useWords } from "../../app/words";
import { Duration } from "../../components/Duration";
import { StateMark } from "../../components/StateMark";
import styles from "./ListenPage.module.css";
import { NotThere, Player } from "./Player";
import { type Played, type Sample, type Sampled, useNaming } from "./requests";

/** The contacts that were drawn; one opens to be heard. Whose recording is missing stays in its place. */
export function Drawn({ sample, open, toggle }: { sample: Sample; open: string | null; toggle: (contact: string) => void }) {
  const { say } = useWords();
  if (sample.drawn.length === 0) return <div className="panel"><Text p="xl">{say(sample.contacts === 0 ? "listen.nobody" : "listen.none_drawn")}</Text></div>;
  return (
    <ul className={`panel ${styles["drawn"] ?? ""}`} aria-label={say("listen.drawn")}>
      {sample.drawn.map((one) => <One key={one.contact} one={one} isOpen={one.contact === open} toggle={() => toggle(one.contact)} />)}
    </ul>
  );
}

function One({ one, isOpen, toggle }: { one: Sampled; isOpen: boolean; toggle: () => void }) {
  const { say, intl } = useWords();
  const naming = useNaming();
  const may = useMay();
  const isMissing = one.recordings.length === 0 || one.recordings.some(({ state }) => state === "missing");
  const seconds = one.recordings.reduce((sum, recording) => sum + (recording.seconds ?? 0), 0);
  return (
    <li>
      <button type="button" className={styles["row"]} aria-expanded={isOpen} onClick={toggle}>
        <ChevronDown size={16} aria-hidden className={styles["turn"] ?? ""} />
        <span>{one.arrived_at == null ? "" : intl.formatTime(one.arrived_at)}</span>
        <span className="cut"><bdi>{naming("queues", one.queue)}</bdi> <bdi dir="ltr" className="quiet">{one.customer}</bdi></span>
        <span className={styles["facts"]}>
          {isMissing ? <><StateMark state="alarm" /> {say("listen.missing")}</> : <Duration seconds={seconds} />}
          {one.comments > 0 && <span title={say("listen.comments", { count: one.comments })}><MessageSquare size={14} aria-label={say("listen.comments", { count: one.comments })} /> {intl.formatNumber(one.comments)}</span>}
          <span className="quiet">{one.plays.length === 0 ? say("listen.unheard") : say("listen.heard", { count: one.plays.length })}</span>
        </span>
      </button>
      {isOpen && (
        <div className={styles["body"]}>
          {one.recordings.length === 0 && <NotThere code="recording_missing" />}
          {one.recordings.map(({ recording }) => <Player key={recording} recording={recording} />)}
          <Plays plays={one.plays} />
          {may("contacts.see") && <Anchor component={Link} size="sm" to={`/contacts?open=${encodeURIComponent(one.contact)}`}>{say("listen.story")}</Anchor>}
        </div>
      )}
    </li>
  );
}

/** Who heard it and when, for both sides. */
export function Plays({ plays }: { plays: readonly Played[] }) {
  const { say, intl } = useWords();
  if (plays.length === 0) return null;
  return (
    <div>
      <h3 className={styles["title"]}>{say("listen.plays")}</h3>
      <ul className={styles["plays"]}>
        {plays.map((one) => (
          <li key={`${one.began_at} ${one.played_by}`}>
            <span><bdi>{one.played_by}</bdi> <span className="quiet">{say(one.by_client ? "listen.of_client" : "listen.of_centre")}{one.purpose === "export" && ` · ${say("listen.taken")}`}</span></span>
            <span className="quiet">{intl.formatDate(one.began_at, { dateStyle: "medium", timeStyle: "short" })}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
