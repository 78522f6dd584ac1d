import { Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { useWords } from "../../app/words";
import { Since } from "../../components/Duration";
import { type Day, contactsBehind } from "./day";
import styles from "./TodayPage.module.css";

const ON = { hover: true, focus: true, touch: true };

/** The four figures; each opens the contacts behind it and explains itself. */
export function Figures({ day, project, from }: { day: Day; project: string | null; from: string }) {
  const { say, intl } = useWords();
  const percent = (share: number | null) => (share === null ? "–" : intl.formatNumber(share, { style: "percent" }));
  const waiting = contactsBehind({ project, from, outcome: "open" });
  return (
    <ul className={styles["figures"]} aria-label={say("today.figures")}>
      <Figure name={say("today.waiting")} meaning={say("today.waiting.meaning")} to={waiting} value={intl.formatNumber(day.waiting)} />
      <Figure name={say("today.longest")} meaning={say("today.longest.meaning")} to={waiting} value={day.waitingSince === null ? "–" : <Since moment={day.waitingSince} />} />
      <Figure
        name={say("today.level")} meaning={say("today.level.meaning")} to={contactsBehind({ project, from })} value={percent(day.today.service_level)}
        {...(day.recent.service_level === null ? {} : { more: say("today.level.recent", { share: percent(day.recent.service_level) }) })}
      />
      <Figure name={say("today.in_hand")} meaning={say("today.in_hand.meaning")} to={waiting} value={intl.formatNumber(day.inHand)} />
    </ul>
  );
}

interface Given {
  name: string;
  meaning: string;
  to: string;
  value: ReactNode;
  more?: string;
}

function Figure({ name, meaning, to, value, more }: Given) {
  return (
    <li>
      <Tooltip label={meaning} events={ON} multiline w={280}>
        <Link to={to} className={`panel ${styles["figure"] ?? ""}`}>
          <span className="quiet">{name}</span>
          <strong>{value}</strong>
          <span className="quiet">{more ?? "\u00a0"}</span>
        </Link>
      </Tooltip>
    </li>
  );
}
