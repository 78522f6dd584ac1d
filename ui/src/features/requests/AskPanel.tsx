import { Button, Select, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { useMe } from "../../app/session";
import { useWords } from "../../app/words";
import { Failure } from "../../components/Failure";
import { SidePanel } from "../people/SidePanel";
import { type NewRequest, useAsk, useResponseTimes } from "./requests";

const KINDS = ["question", "change", "complaint", "data", "other"] as const;

/** Asks the other side for something. The centre says about which project; a client may ask about everything. */
export function AskPanel({ close, done }: { close: () => void; done: (id: string) => void }) {
  const { say } = useWords();
  const isOfClient = useMe().client != null;
  const { data: projects } = useResponseTimes();
  const [draft, setDraft] = useState<NewRequest>({ kind: "question", words: "", project: null });
  const ask = useAsk();
  const only = projects?.length === 1 ? projects[0]?.project : undefined;
  const project = draft.project ?? (isOfClient ? null : only ?? null);
  const term = projects?.find((one) => one.project === project);
  return (
    <SidePanel title={say("requests.new")} close={close}>
      <Stack
        component="form" gap="lg"
        onSubmit={(event) => {
          event.preventDefault();
          ask.mutate({ ...draft, project }, { onSuccess: (made) => { if (made !== undefined) done(made.id); } });
        }}
      >
        {ask.error !== null && <Failure error={ask.error} />}
        <Select
          label={say("requests.field.kind")} allowDeselect={false} value={draft.kind} data={KINDS.map((kind) => ({ value: kind, label: say(`requests.kind.${kind}`) }))}
          onChange={(kind) => setDraft({ ...draft, kind: kind ?? "other" })}
        />
        <Select
          label={say("requests.field.project")} searchable clearable={isOfClient} required={!isOfClient} value={project} {...(isOfClient ? { placeholder: say("requests.field.project.whole") } : {})}
          data={(projects ?? []).map((one) => ({ value: one.project, label: one.name }))} onChange={(value) => setDraft({ ...draft, project: value })}
        />
        <Textarea
          label={say("requests.field.words")} required autosize minRows={4} maxRows={12} maxLength={10_000} dir="auto" data-autofocus value={draft.words}
          onChange={(event) => setDraft({ ...draft, words: event.currentTarget.value })}
        />
        {term !== undefined && <Text className="quiet" size="sm">{say("requests.term", { hours: term.hours })}</Text>}
        <Button type="submit" style={{ alignSelf: "start" }} loading={ask.isPending} disabled={draft.words.trim() === ""}>{say("requests.send")}</Button>
      </Stack>
    </SidePanel>
  );
}
