import { Badge, Button, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Undo2 } from "lucide-react";
import { useWords } from "../../../app/words";
import { Failure } from "../../../components/Failure";
import { type Change, type Document, type EntryChange, type Past, request } from "../contract";
import { Changes } from "../entries/Changes";
import { useSaved } from "../entries/saved";
import { differences, nameOf } from "../entries/values";
import { HISTORY, useOrganisation, useUndo } from "../organisation";
import styles from "./HistoryPage.module.css";

const EDITS_SHOWN_MAX = 20;

/** Every change of the organisation, the latest first: who, when, what it was, what it is; and the way back. */
export function HistoryPage() {
  const { say } = useWords();
  const { data: document } = useOrganisation();
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: HISTORY,
    queryFn: ({ pageParam }) => request<Past>("get", `/api/organisation/history${pageParam === null ? "" : `?before=${pageParam}`}`),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
  });
  if (error !== null && data === undefined) return <Failure error={error} retry={() => void refetch()} />;
  const changes = data?.pages.flatMap((page) => page.changes);
  return (
    <Stack gap="md" maw={880}>
      <Stack gap={0}>
        <Title order={1}>{say("history.title")}</Title>
        <Text className="quiet">{say("history.text")}</Text>
      </Stack>
      {changes === undefined || document === undefined
        ? Array.from({ length: 4 }, (_, n) => <Skeleton key={n} h={96} />)
        : changes.length === 0
          ? <Text className="panel" p="xl">{say("history.empty")}</Text>
          : <ol className={styles["list"]}>{changes.map((change) => <One key={change.number} change={change} document={document} />)}</ol>}
      {hasNextPage && <Button variant="default" style={{ alignSelf: "start" }} loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>{say("history.more")}</Button>}
    </Stack>
  );
}

function One({ change, document }: { change: Change; document: Document }) {
  const { say, intl } = useWords();
  const undo = useUndo();
  const tell = useSaved();
  const back = async () => tell(say("history.undone_now", { number: change.number }), await undo.mutateAsync(change.number));
  const shown = change.edits.slice(0, EDITS_SHOWN_MAX);
  return (
    <li className="panel">
      <Stack p="md" gap="sm">
        <Group justify="space-between" wrap="nowrap" align="start">
          <Group gap="sm">
            <Text fw={600}><bdi>{change.made_by}</bdi></Text>
            <time dateTime={change.made_at} className="quiet">{intl.formatDate(change.made_at, { dateStyle: "medium", timeStyle: "short" })}</time>
            <Badge variant="light" color="gray" tt="none">{say(`history.how.${change.how}`)}</Badge>
            {change.undoes !== null && <Badge variant="light" color="gray" tt="none">{say("history.undoes", { number: change.undoes })}</Badge>}
            <Text size="sm" className="quiet">№ {intl.formatNumber(change.number, { useGrouping: false })}</Text>
          </Group>
          {change.undone_by !== null
            ? <Text size="sm" className="quiet">{say("history.undone", { number: change.undone_by })}</Text>
            : change.why_not_undone === null
              ? <Button variant="default" size="xs" loading={undo.isPending} leftSection={<Undo2 size={14} aria-hidden />} onClick={() => void back().catch(() => undefined)}>{say("saved.undo")}</Button>
              : <Text size="sm" className="quiet" title={change.why_not_undone}>{say("history.fixed")}</Text>}
        </Group>
        {shown.map((edit) => <Edit key={`${edit.section}.${edit.id}`} edit={edit} document={document} />)}
        {change.edits.length > shown.length && <Text size="sm" className="quiet">{say("history.further", { count: change.edits.length - shown.length })}</Text>}
      </Stack>
    </li>
  );
}

function Edit({ edit, document }: { edit: EntryChange; document: Document }) {
  const { say } = useWords();
  const { section, id, before, after } = edit;
  const what = before === null ? "added" : after === null ? "retired" : "changed";
  const name = section === "centre" ? id : nameOf(section, after ?? before ?? { id });
  return (
    <div className={styles["edit"]}>
      <Text size="sm">
        <span className="quiet">{say(`one.${section}`)} · {say(`import.${what}`)}</span> <bdi dir={name === id ? "ltr" : "auto"}>{name}</bdi>{" "}
        {name !== id && <bdi dir="ltr" className="quiet">{id}</bdi>}
      </Text>
      {what === "changed" && section !== "centre" && <Changes section={section} found={differences(before, after)} document={document} />}
    </div>
  );
}
