import { Text } from "@mantine/core";
import { useEffect } from "react";
import { useWords } from "../../app/words";
import { fetchDateFields } from "../../components/DateFields";
import { useLiveAgent } from "../../live/live";
import { DayFigures } from "./DayFigures";
import styles from "./DeskPage.module.css";
import { focusOf, handOf } from "./desk";
import { Mine } from "./Mine";
import { Now } from "./Now";
import { useDesk } from "./PhoneProvider";
import { Who } from "./Who";

/** The agent's desk: what is mine, what to do now, who it is about. The phone is in the bar above, on every page. */
export function Component() {
  const { say } = useWords();
  const desk = useDesk();
  const live = useLiveAgent(desk?.agent ?? null);
  useEffect(fetchDateFields, []);
  if (desk === null) return <Text p="xl">{say("desk.no_agent")}</Text>;
  const hand = handOf(live);
  const focus = focusOf(hand);
  return (
    <div className={styles["desk"]}>
      <h1 className="unseen">{say("nav.desk")}</h1>
      <section className={styles["mine"]} aria-labelledby="mine"><Mine live={live} focus={focus} /></section>
      <section className={styles["now"]} aria-labelledby="now"><Now key={focus?.offer ?? "nothing"} desk={desk} live={live} focus={focus} /></section>
      <section className={styles["who"]} aria-labelledby="who"><Who focus={focus} /></section>
      <footer className={styles["day"]}><DayFigures agent={desk.agent} /></footer>
    </div>
  );
}
