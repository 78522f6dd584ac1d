import { Button, Code, Group, Text, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Download, ShieldCheck } from "lucide-react";
import { useWords } from "../../app/words";
import { Failure } from "../../components/Failure";
import { StateMark } from "../../components/StateMark";
import { type Found, checked, contactsOf } from "./check";
import styles from "./ListenPage.module.css";
import type { Sample } from "./requests";

/** How the sample is drawn, its numbers, the commands that come to the same, and a check made in the browser. */
export function CheckIt({ project, sample }: { project: string; sample: Sample }) {
  const { say, intl } = useWords();
  const sheet = `/api/projects/${encodeURIComponent(project)}/sample.csv?day=${sample.day}`;
  const check = useMutation({
    mutationFn: async () => {
      const answer = await fetch(sheet);
      return checked(sample, answer.ok ? contactsOf(await answer.text()) : null);
    },
    meta: { toldInPlace: true },
  });
  const when = (moment: string) => intl.formatDate(moment, { dateStyle: "medium", timeStyle: "short" });
  return (
    <section className={`panel ${styles["part"] ?? ""}`} aria-labelledby="check-it">
      <Title order={3} id="check-it">{say("check.title")}</Title>
      <Text size="sm" className="quiet">{say("check.text")}</Text>
      <dl className={styles["values"]}>
        <Value label={say("check.commitment")} hint={when(sample.committed_at)} value={sample.commitment} />
        {sample.manifest != null && sample.sealed_at != null && <Value label={say("check.manifest", { count: sample.contacts ?? 0 })} hint={when(sample.sealed_at)} value={sample.manifest} />}
        {sample.client_half != null && sample.given_at != null && <Value label={say("check.client_half")} hint={`\u2068${sample.given_by ?? ""}\u2069, ${when(sample.given_at)}`} value={sample.client_half} />}
        {sample.centre_half != null && sample.drawn_at != null && <Value label={say("check.centre_half")} hint={when(sample.drawn_at)} value={sample.centre_half} />}
        {sample.seed != null && <Value label={say("check.seed")} value={sample.seed} />}
        <Value label={say("check.limit")} value={sample.limit} />
      </dl>
      {sample.state === "drawn" && <Commands sample={sample} />}
      <Group gap="sm">
        {sample.state === "drawn" && <Button variant="default" leftSection={<ShieldCheck size={16} aria-hidden />} loading={check.isPending} onClick={() => check.mutate()}>{say("check.do")}</Button>}
        {sample.sealed_at != null && <Button component="a" href={sheet} download variant="default" leftSection={<Download size={16} aria-hidden />}>{say("check.list")}</Button>}
      </Group>
      {check.data !== undefined && <Results found={check.data} />}
      {check.error !== null && <Failure error={check.error} />}
    </section>
  );
}

function Value({ label, value, hint }: { label: string; value: string; hint?: string }) {
  return <div><dt>{label}{hint !== undefined && <span className="quiet"> · {hint}</span>}</dt><dd><bdi dir="ltr"><code>{value}</code></bdi></dd></div>;
}

function Commands({ sample }: { sample: Sample }) {
  const { say } = useWords();
  const contact = sample.drawn[0]?.contact;
  const lines = [
    `printf %s '${sample.centre_half ?? ""}' | sha256sum`,
    `printf %s '${quoted(`${sample.centre_half ?? ""}:${sample.client_half ?? ""}`)}' | sha256sum`,
    ...(contact === undefined ? [] : [`printf %s '${quoted(`${sample.seed ?? ""}:${contact}`)}' | sha256sum`]),
  ];
  return (
    <div>
      <Text size="sm">{say("check.commands")}</Text>
      <Code block dir="ltr" tabIndex={0} className={styles["commands"] ?? ""}>{lines.join("\n")}</Code>
    </div>
  );
}

/** As a shell takes it between single quotes. */
const quoted = (text: string) => text.replaceAll("'", String.raw`'\''`);

function Results({ found }: { found: Found }) {
  const { say } = useWords();
  return (
    <ul role="status" className={styles["results"]}>
      {(["commitment", "seed", "contacts", "list"] as const).map((name) => (
        found[name] !== null && <li key={name}><StateMark state={found[name] ? "ready" : "alarm"} /> {say(found[name] ? `check.holds.${name}` : `check.fails.${name}`)}</li>
      ))}
    </ul>
  );
}
