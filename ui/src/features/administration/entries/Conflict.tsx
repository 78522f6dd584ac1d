import { Alert, Button, Group, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useWords } from "../../../app/words";
import type { Document, Entry, Section } from "../contract";
import { latestChange } from "../organisation";
import { Changes } from "./Changes";
import { differences } from "./values";

interface Given {
  section: Section;
  id: string;
  document: Document;
  keep: (theirs: Entry | null, version: number) => void;
  take: (theirs: Entry, version: number) => void;
}

/** Somebody else changed the same entry meanwhile: who, when and what; what was typed here is still there. */
export function Conflict({ section, id, document, keep, take }: Given) {
  const { say, intl } = useWords();
  const { data: change } = useQuery({ queryKey: ["conflict", section, id, document.version], queryFn: () => latestChange(section, id), staleTime: 0 });
  if (change === undefined || change === null) return <Alert color="red" title={say("conflict.title")}>{say("conflict.kept")}</Alert>;
  const edit = change.edits.find((one) => one.section === section && one.id === id);
  const theirs = edit?.after ?? null;
  const when = intl.formatDate(change.made_at, { dateStyle: "medium", timeStyle: "short" });
  return (
    <Alert color="red" role="alert" title={say(theirs === null ? "conflict.retired" : "conflict.by", { name: change.made_by, when })}>
      <Stack gap="sm">
        {theirs !== null && <Changes section={section} found={differences(edit?.before ?? null, theirs)} document={document} />}
        <span>{say("conflict.kept")}</span>
        <Group gap="sm">
          <Button size="xs" variant="default" onClick={() => keep(theirs, change.number)}>{say("conflict.mine")}</Button>
          {theirs !== null && <Button size="xs" variant="default" onClick={() => take(theirs, change.number)}>{say("conflict.theirs")}</Button>}
        </Group>
      </Stack>
    </Alert>
  );
}
