import { Badge, Button, Group, Skeleton, Stack, Text, Textarea, Title } from "@mantine/core";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { FACTS } from "../../app/language";
import { useWords } from "../../app/words";
import { Failure } from "../../components/Failure";
import { useNaming } from "../listening/requests";
import { Delivered } from "./Delivered";
import { useTold } from "./figures";
import styles from "./ReportsPage.module.css";
import { type Report, type Version, useDecide, useDeliveries } from "./requests";

/** `other` begins other terms, with those of a version. */
export function OneReport({ report, other }: { report: Report; other: ((version: Version) => void) | null }) {
  const { say } = useWords();
  return (
    <div className={styles["main"]}>
      <Deliveries of={report} />
      <section className={`panel ${styles["part"] ?? ""}`} aria-label={say("reports.terms")}>
        <Title order={2}>{say("reports.terms")}</Title>
        {report.versions.map((version) => (
          <details key={version.version} open={version === report.versions[0] || version.state === "agreed"}>
            <summary>{say("reports.version", { version: version.version })} <Badge variant="light" tt="none">{say(`reports.state.${version.state}`)}</Badge></summary>
            <OneVersion report={report.report} version={version} />
            {other !== null && <Button mt="sm" variant="default" onClick={() => other(version)}>{say("reports.propose_other")}</Button>}
          </details>
        ))}
      </section>
    </div>
  );
}

function OneVersion({ report, version }: { report: string; version: Version }) {
  const { say, intl } = useWords();
  const naming = useNaming();
  const told = useTold();
  const { terms } = version;
  const at = (moment: string) => intl.formatDate(moment, { dateStyle: "medium", timeStyle: "short" });
  return (
    <Stack gap="sm" pt="sm">
      <Text>{say("reports.proposed_by", { who: version.proposer, when: at(version.proposed_at) })}</Text>
      {version.decider !== null && version.decided_at !== null && <Text>{say("reports.decided_by", { who: version.decider, when: at(version.decided_at) })}</Text>}
      {version.words !== null && <Text><bdi>{version.words}</bdi></Text>}
      <Text>
        {say(`reports.period.${terms.period}`)} · <bdi dir="ltr">{terms.deliver_at} {terms.zone}</bdi> · <bdi>{intl.formatList(terms.projects.map((one) => naming("projects", one)))}</bdi>
      </Text>
      <Text>{say("reports.field.language")}: <bdi>{FACTS[terms.language ?? "en"].name}</bdi></Text>
      {terms.recipients.length > 0 && <Text>{say("reports.recipients")}: <bdi dir="ltr">{terms.recipients.join(", ")}</bdi></Text>}
      <dl>
        {version.figures.map((figure) => (
          <div key={figure.column}>
            <dt><bdi dir="auto">{told(figure).column}</bdi></dt>
            <dd><Text size="sm" dir="auto">{told(figure).words.join(" ")}</Text></dd>
          </div>
        ))}
      </dl>
      <Text size="xs">{say("reports.fingerprint")}: <bdi dir="ltr" style={{ overflowWrap: "anywhere" }}>{version.hash}</bdi></Text>
      {version.moves.length > 0 && <Moves report={report} version={version} />}
    </Stack>
  );
}

function Moves({ report, version: { version, hash, moves } }: { report: string; version: Version }) {
  const { say } = useWords();
  const [words, setWords] = useState("");
  const decide = useDecide(report);
  const said = words.trim() === "" ? null : words.trim();
  return (
    <Stack gap="sm">
      {decide.error !== null && <Failure error={decide.error} />}
      {moves.includes("decline") && <Textarea label={say("reports.why_declined")} value={words} maxLength={2000} autosize onChange={(event) => setWords(event.currentTarget.value)} />}
      <Group gap="sm">
        {moves.map((move) => (
          <Button
            key={move} variant={move === "agree" ? "filled" : "default"} loading={decide.isPending} disabled={move === "decline" && said === null}
            onClick={() => decide.mutate({ version, move, hash, words: move === "decline" ? said : null })}
          >
            {say(`reports.move.${move}`)}
          </Button>
        ))}
      </Group>
    </Stack>
  );
}

function Deliveries({ of: { report, versions } }: { of: Report }) {
  const { say, intl } = useWords();
  const { data, error, refetch } = useDeliveries(report);
  const [search, setSearch] = useSearchParams();
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Skeleton height={80} />;
  const chosen = data.find((one) => `${one.period_began} ${one.n}` === search.get("delivery")) ?? data[0];
  return (
    <section className={`panel ${styles["part"] ?? ""}`} aria-label={say("reports.deliveries")}>
      <Title order={2}>{say("reports.deliveries")}</Title>
      {chosen === undefined ? <Text>{say("reports.no_deliveries")}</Text> : (
        <>
          <div className={styles["choices"]} style={{ maxHeight: 160 }} data-testid="days">
            {data.map((one) => (
              <button
                key={`${one.period_began} ${one.n}`} type="button" aria-current={one === chosen}
                onClick={() => setSearch({ report, delivery: `${one.period_began} ${one.n}` }, { replace: true })}
              >
                <span>
                  {intl.formatDate(one.period_began, { dateStyle: "full", timeZone: versions.find((its) => its.version === one.version)?.terms.zone ?? "UTC" })}
                  {one.n > 0 && <> · {say("reports.correction", { n: one.n })}</>}
                </span>
              </button>
            ))}
          </div>
          <Delivered key={`${chosen.period_began} ${chosen.n}`} report={report} line={chosen} />
        </>
      )}
    </section>
  );
}
