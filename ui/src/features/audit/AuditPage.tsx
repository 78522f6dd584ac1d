import { Alert, Button, Group, Text, TextInput, Title } from "@mantine/core";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { ShieldCheck } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { useWords } from "../../app/words";
import { Failure } from "../../components/Failure";
import styles from "../administration/AdministrationPage.module.css";
import { type AuditCheck, type AuditEntry, type AuditPage, request } from "../administration/contract";
import { DataTable } from "../administration/table/DataTable";
import type { Column } from "../administration/table/rows";
import { actionShown, detailsShown, subjectShown } from "./actions";
import own from "./AuditPage.module.css";

/** What was done and by whom, each entry chained to the one before; a client sees what concerns it. */
export function Component() {
  const { say, intl } = useWords();
  const [search, setSearch] = useSearchParams();
  const subject = search.get("subject") ?? "";
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ["audit", subject],
    queryFn: ({ pageParam }) => {
      const query = new URLSearchParams({ limit: "200", ...(subject === "" ? {} : { subject }), ...(pageParam === null ? {} : { cursor: pageParam }) });
      return request<AuditPage>("get", `/api/audit?${query.toString()}`);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.cursor,
  });
  const rows = useMemo(() => data?.pages.flatMap((page) => page.entries), [data]);
  const columns = useMemo((): Column<AuditEntry>[] => [
    { id: "at", label: say("audit.at"), text: (entry) => intl.formatDate(entry.at, { dateStyle: "medium", timeStyle: "medium" }), order: (entry) => entry.number },
    { id: "actor", label: say("audit.actor"), text: (entry) => entry.actor_name },
    { id: "action", label: say("audit.action"), text: (entry) => actionShown(entry.action, say) },
    { id: "subject", label: say("audit.subject"), text: (entry) => subjectShown(entry), code: true },
    { id: "details", label: say("audit.details"), text: (entry) => detailsShown(entry) },
    { id: "client", label: say("field.client"), text: (entry) => entry.client ?? "" },
    { id: "address", label: say("audit.address"), text: (entry) => entry.address, code: true },
  ], [say, intl]);
  const put = (name: string, value: string) => setSearch((before) => {
    const after = new URLSearchParams(before);
    if (value === "") after.delete(name);
    else after.set(name, value);
    return after;
  }, { replace: true });
  const open = search.get("open");
  const opened = rows?.find((entry) => String(entry.number) === open);
  if (error !== null && data === undefined) return <Failure error={error} retry={() => void refetch()} />;
  return (
    <div className={own["page"]}>
      <div className={styles["head"]}>
        <Title order={1}>{say("nav.audit")}</Title>
        <Check />
      </div>
      <div className={styles["split"]}>
        <DataTable
          name={say("nav.audit")} columns={columns} rows={rows} keyOf={(entry) => String(entry.number)} open={open} onOpen={(key) => put("open", key === open ? "" : key)}
          empty={<Text>{say("audit.empty")}</Text>}
          actions={(
            <>
              {subject !== "" && <Button variant="light" onClick={() => put("subject", "")}>{say("audit.only", { subject: `\u2066${subject}\u2069` })} ×</Button>}
              {hasNextPage && <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>{say("history.more")}</Button>}
            </>
          )}
        />
        {opened !== undefined && <One entry={opened} only={() => put("subject", opened.subject)} />}
      </div>
    </div>
  );
}

function One({ entry, only }: { entry: AuditEntry; only: () => void }) {
  const { say, intl } = useWords();
  return (
    <aside className={`panel ${own["one"] ?? ""}`} aria-label={actionShown(entry.action, say)}>
      <Title order={2}>{actionShown(entry.action, say)}</Title>
      <Text><bdi>{entry.actor_name}</bdi>, {intl.formatDate(entry.at, { dateStyle: "full", timeStyle: "long" })}</Text>
      <dl className={own["facts"]}>
        {Object.entries(entry.details).map(([name, value]) => <div key={name}><dt className="quiet"><bdi dir="ltr">{name}</bdi></dt><dd dir="auto">{typeof value === "string" ? value : JSON.stringify(value)}</dd></div>)}
        <div><dt className="quiet">{say("audit.subject")}</dt><dd><bdi dir="ltr">{entry.subject}</bdi></dd></div>
        <div><dt className="quiet">{say("audit.hash")}</dt><dd><TextInput readOnly size="xs" dir="ltr" value={entry.hash} aria-label={say("audit.hash")} /></dd></div>
      </dl>
      <Button variant="default" style={{ alignSelf: "start" }} onClick={only}>{say("audit.all_about")}</Button>
    </aside>
  );
}

/** Part by part, to the end or to the first entry that is not as it was written. */
async function wholeChain(parted: (found: AuditCheck) => void, signal: AbortSignal): Promise<AuditCheck> {
  let found: AuditCheck | null = null;
  do {
    const after: string = found?.next == null ? "" : `?cursor=${encodeURIComponent(found.next)}`;
    found = await request<AuditCheck>("get", `/api/audit/check${after}`);
    parted(found);
  } while (found.next !== null && !signal.aborted);
  return found;
}

/** Goes over the whole chain and says whether every entry is as it was written. */
function Check() {
  const { say, intl } = useWords();
  const [part, setPart] = useState<AuditCheck | null>(null);
  const stop = useRef<AbortController>(null);
  const check = useMutation({
    mutationFn: () => {
      stop.current = new AbortController();
      return wholeChain(setPart, stop.current.signal);
    },
  });
  useEffect(() => () => stop.current?.abort(), []);
  const [hidden, hide] = useState(false);
  const found = check.data?.next === null ? check.data : undefined; // one that was stopped says nothing
  return (
    <Group gap="sm">
      {check.isPending && part?.next != null && (
        <>
          <Text size="sm" className="quiet" role="status">{say("audit.checking", { done: intl.formatNumber(part.entries), total: intl.formatNumber(part.total) })}</Text>
          <Button variant="subtle" onClick={() => stop.current?.abort()}>{say("audit.stop")}</Button>
        </>
      )}
      {found !== undefined && !hidden && (
        <Alert py={6} color={found.is_whole ? "green" : "red"} withCloseButton closeButtonLabel={say("form.close")} onClose={() => hide(true)}>
          {found.is_whole
            ? say("audit.whole", { count: found.entries })
            : say("audit.broken", { number: intl.formatNumber(found.broken_at ?? 0, { useGrouping: false }) })}
        </Alert>
      )}
      <Button variant="default" leftSection={<ShieldCheck size={16} aria-hidden />} loading={check.isPending} onClick={() => { hide(false); check.mutate(); }}>{say("audit.check")}</Button>
    </Group>
  );
}

