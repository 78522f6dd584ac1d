import { Button, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { RequestFailed } from "../../api/problems";
import { useMay } from "../../app/session";
import { useWords } from "../../app/words";
import { Failure } from "../../components/Failure";
import type { Document, Entry } from "./contract";
import { FieldInput } from "./entries/FieldInput";
import { byField } from "./entries/places";
import { useSaved } from "./entries/saved";
import { CENTRE_FIELDS } from "./entries/sections";
import { differences } from "./entries/values";
import { useOrganisation, useSave } from "./organisation";

interface Taken {
  entry: Entry;
  version: number;
}

/** What the centre itself is called, and where its days begin. */
export function CentrePage() {
  const { say } = useWords();
  const { data: document, error, refetch } = useOrganisation();
  if (error !== null && document === undefined) return <Failure error={error} retry={() => void refetch()} />;
  return (
    <Stack maw={480}>
      <Title order={1}>{say("one.centre")}</Title>
      {document === undefined ? <><Skeleton h={64} /><Skeleton h={64} /></> : <Form document={document} />}
    </Stack>
  );
}

function Form({ document }: { document: Document }) {
  const { say } = useWords();
  const editable = useMay()("organisation.edit");
  // What is edited, and the version that it was taken from, stay as they are while others change the organisation.
  const [base, setBase] = useState<Taken>({ entry: document.centre, version: document.version });
  const [draft, setDraft] = useState(base.entry);
  const save = useSave();
  const tell = useSaved();
  const isChanged = differences(base.entry, draft).length > 0;
  const { id } = document.centre;
  const paths = CENTRE_FIELDS.map((field) => field.path.join("."));
  const failed = save.error;
  const problems = failed instanceof RequestFailed ? byField(failed.problems, "centre", paths) : new Map<string, string[]>();
  const isPlaced = paths.some((path) => problems.has(path));
  const submit = async () => {
    const made = await save.mutateAsync({ edit: { section: "centre", id, entry: draft }, version: base.version });
    setBase({ entry: draft, version: made.version });
    tell(say("saved.saved", { name: say("one.centre") }), made);
  };
  const again = () => {
    save.reset();
    setBase({ entry: document.centre, version: document.version });
    setDraft(document.centre);
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (editable && isChanged && !save.isPending) submit().catch(() => undefined); // told in the form
      }}
    >
      <Stack>
        <Text className="quiet" size="sm"><bdi dir="ltr">{id}</bdi></Text>
        {failed !== null && !isPlaced && <Failure error={failed} />}
        {CENTRE_FIELDS.map((field) => (
          <FieldInput
            key={field.label} field={field} entry={draft} document={document} disabled={!editable}
            problems={problems.get(field.path.join(".")) ?? []} change={setDraft}
          />
        ))}
        {editable && (
          <Group gap="sm">
            <Button type="submit" disabled={!isChanged} loading={save.isPending}>{say("form.save")}</Button>
            <Button variant="default" disabled={!isChanged && failed === null} onClick={again}>{say("form.discard")}</Button>
          </Group>
        )}
      </Stack>
    </form>
  );
}
