import { ActionIcon, Alert, Button, Collapse, Group, Stack, Text, TextInput, Title, UnstyledButton } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { ChevronDown, Trash2, X } from "lucide-react";
import { useId, useRef, useState } from "react";
import { RequestFailed } from "../../../api/problems";
import { Failure } from "../../../components/Failure";
import { useWords } from "../../../app/words";
import type { Document, Entry, Section } from "../contract";
import { useSave } from "../organisation";
import { Changes } from "./Changes";
import { Conflict } from "./Conflict";
import styles from "./EntryPanel.module.css";
import { FieldInput } from "./FieldInput";
import { byField } from "./places";
import { useSaved } from "./saved";
import { FACTS, type Field } from "./sections";
import { differences, entriesOf, freeId, idOf, nameOf, onTop } from "./values";

interface Given {
  section: Section;
  /** null: a new one. */
  entry: Entry | null;
  document: Document;
  editable: boolean;
  close: () => void;
  opened: (id: string) => void;
}

/** One entry beside its list: every field, what was changed so far, and what is wrong where it is wrong. */
export function EntryPanel({ section, entry, document, editable, close, opened }: Given) {
  const { say } = useWords();
  // What is being edited and the version it was taken from stay as they are while others change the organisation.
  const [base, setBase] = useState({ entry, version: document.version });
  const [draft, setDraft] = useState<Entry>(entry ?? {});
  const [typedId, typeId] = useState<string | null>(null);
  const save = useSave();
  const tell = useSaved();
  const body = useRef<HTMLDivElement>(null);
  const title = useId();
  const facts = FACTS[section];
  const taken = new Set(entriesOf(document, section).map((one) => idOf(section, one)));
  const id = entry !== null ? idOf(section, entry) : (typedId ?? proposedId(section, draft, taken));
  const found = differences(base.entry, draft).filter(({ path }) => path !== "id" && path !== "number");
  const isChanged = found.length > 0 || entry === null;
  const problems = problemsOf(save.error, section, id, facts.fields);

  const put = async (to: Entry | null) => {
    const version = base.version;
    try {
      const made = await save.mutateAsync({ edit: { section, id, entry: to }, version });
      const name = nameOf(section, to ?? base.entry ?? { id });
      tell(say(to === null ? "saved.retired" : "saved.saved", { name }), made, to !== null && <Changes section={section} found={found} document={document} />);
      if (to === null) close();
      else {
        setBase({ entry: to, version: made.version });
        setDraft(to);
        opened(id);
      }
    } catch {
      // Told in the form; the first field that is wrong comes into view.
      requestAnimationFrame(() => body.current?.querySelector("[aria-invalid=true], [role=alert]")?.scrollIntoView({ block: "center" }));
    }
  };
  const key = section === "numbers" ? "number" : "id";
  const submit = () => { if (editable && isChanged && id !== "" && !save.isPending) void put({ [key]: id, ...draft }); };
  useHotkeys([["mod+S", submit], ["Escape", close]], ["SELECT"]);
  const isConflict = save.error instanceof RequestFailed && save.error.code === "changed_meanwhile";
  const isTold = isConflict || [...problems.values()].some((one) => one.length > 0);
  const input = (field: Field) => (
    <FieldInput
      key={field.path.join(".")} field={field} entry={base.entry === null ? draft : { [key]: id, ...draft }} document={document} disabled={!editable}
      problems={problems.get(field.path.join(".")) ?? []} change={setDraft}
    />
  );
  return (
    <aside className={`panel ${styles["panel"] ?? ""}`} aria-labelledby={title}>
      <header className={styles["head"]}>
        <Stack gap={0} style={{ flex: 1, minWidth: 0 }}>
          <Title order={2} id={title} className="cut"><bdi>{entry === null ? say(`new.${section}`) : nameOf(section, entry)}</bdi></Title>
          {entry !== null && <Text size="sm" className="quiet"><bdi dir="ltr">{id}</bdi></Text>}
        </Stack>
        {editable && entry !== null && (
          <ActionIcon variant="subtle" color="gray" aria-label={say("form.retire")} title={say("form.retire")} onClick={() => void put(null)}><Trash2 size={18} aria-hidden /></ActionIcon>
        )}
        <ActionIcon variant="subtle" color="gray" aria-label={say("form.close")} onClick={close}><X size={18} aria-hidden /></ActionIcon>
      </header>
      <div className={styles["body"]} ref={body}>
        <Stack gap="lg">
          {isConflict && (
            <Conflict
              section={section} id={id} document={document}
              keep={(theirs, version) => { setBase({ entry: theirs, version }); setDraft(theirs === null ? draft : onTop(theirs, found)); save.reset(); }}
              take={(theirs, version) => { setBase({ entry: theirs, version }); setDraft(theirs); save.reset(); }}
            />
          )}
          {save.error !== null && !isTold && <Failure error={save.error} />}
          {(problems.get("") ?? []).length > 0 && <Alert color="red" title={say("form.wrong")}><ul>{problems.get("")?.map((one) => <li key={one} dir="auto">{one}</li>)}</ul></Alert>}
          {entry === null && (
            <TextInput
              label={say(section === "numbers" ? "field.number" : "field.id")} description={say(section === "numbers" ? "hint.number" : "hint.id")} dir="ltr" required
              value={id} onChange={(event) => typeId(event.currentTarget.value)} error={taken.has(id) ? say("form.taken") : problems.get(key)?.join(" · ")}
            />
          )}
          {facts.fields.filter((field) => field.seldom !== true).map(input)}
          <Seldom label={say("form.seldom")}>{facts.fields.filter((field) => field.seldom === true).map(input)}</Seldom>
        </Stack>
      </div>
      {editable && isChanged && (
        <footer className={styles["foot"]}>
          <Stack gap="sm">
            {entry !== null && <Changes section={section} found={found} document={document} />}
            <Group gap="sm">
              <Button onClick={submit} loading={save.isPending} disabled={id === ""} rightSection={<kbd className="key">Ctrl S</kbd>}>{say(entry === null ? "form.make" : "form.save")}</Button>
              <Button variant="default" onClick={() => { if (entry === null) close(); else { setDraft(base.entry ?? {}); save.reset(); } }}>{say("form.discard")}</Button>
            </Group>
          </Stack>
        </footer>
      )}
    </aside>
  );
}

function proposedId(section: Section, draft: Entry, taken: ReadonlySet<string>): string {
  if (section === "numbers") return "";
  const name = nameOf(section, draft);
  return freeId(name, taken, section.replace(/s$/, "").replaceAll("_", "-"));
}

function problemsOf(error: unknown, section: Section, id: string, fields: readonly Field[]): Map<string, string[]> {
  if (!(error instanceof RequestFailed)) return new Map();
  return byField(error.problems, `${section}.${id}`, [...fields.map((field) => field.path.join(".")), "id", "number"]);
}

function Seldom({ label, children }: { label: string; children: React.ReactNode[] }) {
  const [open, setOpen] = useState(false);
  if (children.length === 0) return null;
  return (
    <>
      <UnstyledButton className="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Group gap="xs"><ChevronDown size={16} aria-hidden style={{ transform: open ? "rotate(180deg)" : "none" }} />{label}</Group>
      </UnstyledButton>
      <Collapse expanded={open}><Stack gap="lg">{children}</Stack></Collapse>
    </>
  );
}
