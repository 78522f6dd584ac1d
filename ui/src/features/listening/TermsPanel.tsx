import { Button, NumberInput, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMay } from "../../app/session";
import { useWords } from "../../app/words";
import styles from "./ListenPage.module.css";
import { type Terms, useSampleChange } from "./requests";

/** How much the client hears, from which day on, who said so; who may change it does so for days to come. */
export function TermsPanel({ project, terms }: { project: string; terms: readonly Terms[] }) {
  const { say, intl } = useWords();
  const may = useMay();
  const percent = (share: number) => intl.formatNumber(share / 100, { style: "percent", maximumFractionDigits: 2 });
  const dayOf = (day: string) => intl.formatDate(`${day}T12:00:00Z`, { dateStyle: "medium", timeZone: "UTC" });
  return (
    <section className={`panel ${styles["part"] ?? ""}`} aria-labelledby="terms">
      <h2 id="terms" className={styles["title"]}>{say("terms.title")}</h2>
      {terms.length === 0 && <Text size="sm">{say("terms.none")}</Text>}
      <ul className={styles["plays"]}>
        {terms.map((one) => (
          <li key={one.from_day} title={say("terms.by", { name: one.agreed_by, when: intl.formatDate(one.agreed_at, { dateStyle: "medium" }) })}>
            <b>{percent(one.share_percent)}</b><span className="quiet">{say("terms.from", { day: dayOf(one.from_day) })}</span>
          </li>
        ))}
      </ul>
      {may("sample.agree") && <Agree key={terms.length} project={project} isFirst={terms.length === 0} share={terms[0]?.share_percent ?? 5} />}
    </section>
  );
}

function Agree({ project, isFirst, share }: { project: string; isFirst: boolean; share: number }) {
  const { say } = useWords();
  const [percent, setPercent] = useState<number | string>(share);
  const [zone, setZone] = useState(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
  const { agree } = useSampleChange(project);
  const send = () => agree.mutate({ share_basis_points: Math.round(Number(percent) * 100), ...(isFirst ? { zone } : {}) });
  return (
    <form className={styles["agree"]} onSubmit={(event) => { event.preventDefault(); send(); }}>
      <NumberInput label={say("terms.share")} size="xs" min={0} max={100} decimalScale={2} value={percent} onChange={setPercent} suffix=" %" />
      {isFirst && <TextInput label={say("terms.zone")} size="xs" dir="ltr" value={zone} onChange={(event) => setZone(event.currentTarget.value)} />}
      <Button type="submit" size="xs" variant={isFirst ? "filled" : "default"} loading={agree.isPending} disabled={percent === "" || (!isFirst && Number(percent) === share)}>{say("terms.do")}</Button>
      <Text size="xs" className="quiet">{say("terms.hint")}</Text>
    </form>
  );
}
