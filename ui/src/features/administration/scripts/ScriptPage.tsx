import { ActionIcon, Alert, Badge, Button, Group, Menu, Select, Skeleton, Stack, Text, TextInput, Title, UnstyledButton } from "@mantine/core";
import { useDebouncedValue, useHotkeys } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { CircleStop, MessageSquareText, PenLine, Plus, Split, Trash2 } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import { useMemo, useState } from "react";
import { useNavigate, useParams } from "react-router";
import { RequestFailed } from "../../../api/problems";
import { NotFound } from "../../../app/NotFound";
import { useMay } from "../../../app/session";
import { usePreferences, useWords } from "../../../app/words";
import { Failure } from "../../../components/Failure";
import type { Document } from "../contract";
import { Conflict } from "../entries/Conflict";
import { byStep, isWithin } from "../entries/places";
import { useSaved } from "../entries/saved";
import { LANGUAGE_OPTIONS } from "../entries/sections";
import { optionShown } from "../entries/shown";
import { entriesOf, find, freeId, idOf, same } from "../entries/values";
import { check, useOrganisation, useSave } from "../organisation";
import { KINDS, type Kind, type Script, added, begun, changed, depths, entryOf, inOrder, removed, scriptOf } from "./graph";
import styles from "./ScriptPage.module.css";
import { ScriptPreview } from "./ScriptPreview";
import { StepEditor } from "./StepEditor";

const NEW = "+";
const CHECK_AFTER_MILLISECONDS = 500;
const ICONS: Record<Kind, LucideIcon> = { say: MessageSquareText, ask: PenLine, choose: Split, end: CircleStop };

/** A script: its steps in order, the one that is being written, and what agents will see. */
export function ScriptPage() {
  const { id = NEW } = useParams();
  const { preferences } = usePreferences();
  const { data: document, error, refetch } = useOrganisation();
  if (error !== null && document === undefined) return <Failure error={error} retry={() => void refetch()} />;
  if (document === undefined) return <Stack><Skeleton h={32} w={320} /><Skeleton h={400} /></Stack>;
  if (id === NEW) return <Editor key={NEW} first={begun("", preferences.locale)} isNew document={document} />;
  const entry = find(document, "scripts", id);
  if (entry === undefined) return <NotFound />;
  return <Editor key={id} first={scriptOf(entry)} isNew={false} document={document} />;
}

/** What the server finds wrong with the script as it is now, asked for when the typing pauses. */
function useProblems(script: Script, version: number, enabled: boolean) {
  const [checked] = useDebouncedValue(script, CHECK_AFTER_MILLISECONDS);
  const { data } = useQuery({
    queryKey: ["script-check", version, checked],
    enabled: enabled && checked.id !== "",
    staleTime: Infinity,
    gcTime: 60_000,
    queryFn: async () => {
      try {
        await check({ section: "scripts", id: checked.id, entry: entryOf(checked) }, version);
        return [];
      } catch (error) {
        if (error instanceof RequestFailed && error.status === 422) return error.problems;
        throw error;
      }
    },
    placeholderData: (before) => before,
  });
  return data ?? [];
}

function Editor({ first, isNew, document }: { first: Script; isNew: boolean; document: Document }) {
  const { say } = useWords();
  const editable = useMay()("organisation.edit");
  const navigate = useNavigate();
  const save = useSave();
  const tell = useSaved();
  const [base, setBase] = useState({ script: first, version: document.version });
  const [draft, setDraft] = useState(first);
  const [chosen, choose] = useState(first.start);
  const id = isNew ? freeId(draft.name, new Set(entriesOf(document, "scripts").map((one) => idOf("scripts", one))), "script") : first.id;
  const script = useMemo(() => ({ ...draft, id }), [draft, id]);
  const isChanged = !same(entryOf(draft), entryOf(base.script));
  const problems = useProblems(script, base.version, editable && isChanged);
  const names = Object.keys(script.steps);
  const byName = byStep(problems, id, names);
  const others = problems.filter((problem) => !names.some((name) => isWithin(problem.where, `scripts.${id}.steps.${name}`)));
  const step = script.steps[chosen] === undefined ? script.start : chosen;
  const submit = async () => {
    try {
      const made = await save.mutateAsync({ edit: { section: "scripts", id, entry: entryOf(script) }, version: base.version });
      tell(say("saved.saved", { name: script.name }), made, <span>{say("scripting.saved")}</span>);
      setBase({ script, version: made.version });
      setDraft(script);
      if (isNew) void navigate(`/administration/scripts/${encodeURIComponent(id)}`, { replace: true });
    } catch {
      // Told on the page.
    }
  };
  useHotkeys([["mod+S", () => { if (editable && isChanged) void submit(); }]], []);
  const isConflict = save.error instanceof RequestFailed && save.error.code === "changed_meanwhile";
  const isInvalid = save.error instanceof RequestFailed && save.error.status === 422;
  const rename = (to: Script, name: string) => { setDraft(to); choose(name); };
  return (
    <div className={styles["page"]}>
      <div className={styles["head"]}>
        <Stack gap={4} style={{ flex: 1, minWidth: 200, maxWidth: 360 }}>
          <Title order={1} className="cut">{script.name === "" ? say("new.scripts") : <bdi>{script.name}</bdi>}</Title>
          <TextInput aria-label={say("field.name")} placeholder={say("field.name")} disabled={!editable} value={draft.name} onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })} />
        </Stack>
        <Select
          aria-label={say("field.language")} w={150} allowDeselect={false} disabled={!editable} value={draft.language ?? "en"}
          data={LANGUAGE_OPTIONS.map((one) => ({ value: one, label: optionShown("language_name", one, say as never) }))}
          onChange={(language) => setDraft({ ...draft, ...(language === null ? {} : { language }) })}
        />
        <Text className="quiet" role="status" style={{ marginInlineStart: "auto" }}>
          {problems.length > 0 ? say("scripting.problems", { count: problems.length }) : isChanged ? say("scripting.unsaved") : ""}
        </Text>
        {editable && <Button disabled={!isChanged || draft.name.trim() === ""} loading={save.isPending} onClick={() => void submit()} rightSection={<kbd className="key">Ctrl S</kbd>}>{say("form.save")}</Button>}
        {editable && !isNew && isChanged && <Button variant="default" onClick={() => { setDraft(base.script); save.reset(); }}>{say("form.discard")}</Button>}
      </div>
      {isConflict && (
        <Conflict
          section="scripts" id={id} document={document} keep={(_, version) => { setBase({ ...base, version }); save.reset(); }}
          take={(theirs, version) => { const taken = scriptOf(theirs); setBase({ script: taken, version }); setDraft(taken); save.reset(); }}
        />
      )}
      {save.error !== null && !isConflict && !isInvalid && <Failure error={save.error} />}
      {others.length > 0 && <Alert color="red" title={say("form.wrong")}><ul>{others.map((one) => <li key={`${one.where} ${one.problem}`} dir="auto">{one.problem}</li>)}</ul></Alert>}
      <div className={styles["work"]}>
        <Steps script={script} chosen={step} choose={choose} wrong={byName} editable={editable} put={(to, name) => { setDraft(to); choose(name); }} />
        <section className={`panel ${styles["editor"] ?? ""}`} aria-label={say("scripting.step", { name: step })}>
          <StepEditor
            key={step} script={script} name={step} document={document} problems={byName.get(step) ?? []} editable={editable} choose={choose}
            change={(to) => setDraft(changed(draft, step, to))} rename={rename} begin={() => setDraft({ ...draft, start: step })}
          />
        </section>
        <ScriptPreview key={`preview ${names.length}`} script={script} choose={choose} />
      </div>
    </div>
  );
}

interface StepsGiven {
  script: Script;
  chosen: string;
  choose: (name: string) => void;
  wrong: ReadonlyMap<string, readonly string[]>;
  editable: boolean;
  put: (script: Script, chosen: string) => void;
}

function Steps({ script, chosen, choose, wrong, editable, put }: StepsGiven) {
  const { say } = useWords();
  const depth = depths(script);
  return (
    <nav className={`panel ${styles["steps"] ?? ""}`} aria-label={say("field.steps")}>
      <ul>
        {inOrder(script).map((name) => {
          const step = script.steps[name];
          if (step === undefined) return null;
          const Icon = ICONS[step.type];
          const isWrong = (wrong.get(name) ?? []).length > 0;
          return (
            <li key={name} className={depth.has(name) ? undefined : styles["lost"]}>
              <UnstyledButton
                className={styles["step"] ?? ""} aria-current={name === chosen} data-wrong={isWrong} onClick={() => choose(name)}
                style={{ "--depth": Math.min(depth.get(name) ?? 0, 4) }} title={wrong.get(name)?.join("\n")}
              >
                <Icon size={16} aria-hidden />
                <bdi className="cut" style={{ flex: 1 }}>{step.text == null || step.text === "" ? name : step.text}</bdi>
                {isWrong && <Badge color="red" size="xs" circle aria-label={say("scripting.problems", { count: wrong.get(name)?.length ?? 0 })}>{wrong.get(name)?.length}</Badge>}
              </UnstyledButton>
            </li>
          );
        })}
      </ul>
      {editable && (
        <Group gap="xs" p="sm" wrap="nowrap">
          <Menu>
            <Menu.Target><Button variant="default" size="xs" leftSection={<Plus size={14} aria-hidden />}>{say("scripting.add")}</Button></Menu.Target>
            <Menu.Dropdown>
              {KINDS.map((kind) => {
                const Icon = ICONS[kind];
                return <Menu.Item key={kind} leftSection={<Icon size={16} aria-hidden />} onClick={() => put(...added(script, kind, chosen))}>{say(`scripting.kind.${kind}`)}</Menu.Item>;
              })}
            </Menu.Dropdown>
          </Menu>
          {Object.keys(script.steps).length > 1 && (
            <ActionIcon variant="subtle" color="gray" aria-label={say("scripting.remove")} title={say("scripting.remove")} onClick={() => { const to = removed(script, chosen); put(to, to.start); }}>
              <Trash2 size={16} aria-hidden />
            </ActionIcon>
          )}
        </Group>
      )}
    </nav>
  );
}
