import { Button, Group, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMay } from "../../app/session";
import { useWords } from "../../app/words";
import { Failure } from "../../components/Failure";
import { Numbers } from "./Numbers";
import { type Delivery, fileOf, useDelivery, useWish } from "./requests";

/** What was delivered of a period, beside what it corrects; recomputed, corrected and taken away as a file. */
export function Delivered({ report, line }: { report: string; line: { period_began: string; n: number } }) {
  const { say, intl } = useWords();
  const { period_began: began, n } = line;
  const { data, error, refetch } = useDelivery(report, began, n);
  const before = useDelivery(report, began, n - 1);
  const failed = error ?? before.error;
  if (failed !== null) return <Failure error={failed} retry={() => { void refetch(); void before.refetch(); }} />;
  if (data === undefined || (n > 0 && before.data === undefined)) return <Skeleton height={160} />;
  const at = (moment: string) => intl.formatDate(moment, { dateStyle: "medium", timeStyle: "short" });
  return (
    <Stack gap="sm">
      <Text>{say("reports.made", { due: at(data.due_at), made: at(data.made_at) })}</Text>
      {data.why !== null && <Text>{say("reports.why")}: <bdi>{data.why}</bdi></Text>}
      <Numbers report={report} delivery={data} before={before.data ?? null} />
      <Group gap="sm">
        <Button component="a" variant="default" href={fileOf(report, began, n, "csv")} download>CSV</Button>
        <Button component="a" variant="default" href={fileOf(report, began, n, "pdf")} download>PDF</Button>
      </Group>
      <Wishes report={report} delivery={data} />
      {data.sendings.map((one) => (
        <Text key={one.recipient} size="sm">
          <bdi dir="ltr">{one.recipient}</bdi>: {say(`reports.sent.${one.state}`, { attempts: one.attempts })}
          {one.problem !== null && <> · <bdi>{one.problem}</bdi></>}
        </Text>
      ))}
    </Stack>
  );
}

function Wishes({ report, delivery }: { report: string; delivery: Delivery }) {
  const { say } = useWords();
  const may = useMay();
  const is_centre = may("organisation.read");
  const [why, setWhy] = useState("");
  const wish = useWish(report, delivery.period_began);
  const last = delivery.wishes[0];
  const { count, problem } = (last?.compared ?? {}) as { count?: number; problem?: string };
  return (
    <Stack gap="sm">
      {wish.error !== null && <Failure error={wish.error} />}
      <Group gap="sm" align="end">
        <Button variant="default" loading={wish.isPending} onClick={() => wish.mutate(null)}>{say("reports.recompute")}</Button>
        {is_centre && may("reports.agree") && (
          <>
            <TextInput label={say("reports.why")} value={why} maxLength={2000} onChange={(event) => setWhy(event.currentTarget.value)} />
            <Button variant="default" loading={wish.isPending} disabled={why.trim() === ""} onClick={() => wish.mutate(why.trim())}>{say("reports.correct")}</Button>
          </>
        )}
      </Group>
      <Text role="status">
        {last !== undefined && (problem !== undefined ? say("reports.not_recomputed", { problem })
          : count !== undefined ? say("reports.compared", { count }) : say("reports.computing"))}
      </Text>
    </Stack>
  );
}
