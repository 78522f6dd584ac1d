import { useHotkeys } from "@mantine/hooks";
import { type ReactNode, useMemo } from "react";
import { useNavigate } from "react-router";
import { useWords } from "../../app/words";
import { Since } from "../../components/Duration";
import { useLiveState } from "../../live/live";
import styles from "./FloorPage.module.css";
import { floorOf, wholeOf } from "./floor";
import { Share } from "./Share";

/** Six numbers for a screen on the wall, readable at eight metres; Escape leads back. */
export function WallPage() {
  const { say, intl } = useWords();
  const navigate = useNavigate();
  useHotkeys([["Escape", () => void navigate("/floor")]]);
  const values = useLiveState((state) => state.values);
  const isOld = useLiveState((state) => state.stale || state.connection !== "open");
  const whole = useMemo(() => wholeOf(floorOf(values)), [values]);
  const numbers: [string, ReactNode][] = [
    [say("floor.waiting"), intl.formatNumber(whole.waiting)],
    [say("floor.longest"), whole.waitingSince === null ? "–" : <Since moment={whole.waitingSince} />],
    [say("floor.wall.recent"), <Share key="share" of={whole.recent.service_level} />],
    [say("floor.wall.today"), <Share key="share" of={whole.today.service_level} />],
    [say("state.ready"), intl.formatNumber(whole.ready)],
    [say("state.in_conversation"), intl.formatNumber(whole.talking)],
  ];
  return (
    <div className={styles["wall"]} data-old={isOld}>
      <h1 className="unseen">{say("floor.wall")}</h1>
      {numbers.map(([label, number]) => <p key={label}><span>{label}</span><b>{number}</b></p>)}
      {isOld && <p className={styles["old"]} role="status">{say("floor.wall.old")}</p>}
    </div>
  );
}
