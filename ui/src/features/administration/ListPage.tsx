import { Button, Stack, Text, Title } from "@mantine/core";
import { Plus } from "lucide-react";
import { useMemo } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { useActions } from "../../app/actions";
import { useMay } from "../../app/session";
import { useWords } from "../../app/words";
import { Failure } from "../../components/Failure";
import styles from "./AdministrationPage.module.css";
import { type Document, type Entry, type Section } from "./contract";
import { EntryPanel } from "./entries/EntryPanel";
import { FACTS, type Field } from "./entries/sections";
import { type Saying, shown, tableIn } from "./entries/shown";
import { at, entriesOf, find, idOf, nameIn } from "./entries/values";
import { useOrganisation } from "./organisation";
import { DataTable } from "./table/DataTable";
import type { Column } from "./table/rows";

const NEW = "+";

/** The entries of a section as a table, and the one that is open beside it. */
export function ListPage({ section }: { section: Section }) {
  const { say, intl } = useWords();
  const editable = useMay()("organisation.edit") && FACTS[section].fixed !== true;
  const { data: document, error, refetch } = useOrganisation();
  const [search, setSearch] = useSearchParams();
  const navigate = useNavigate();
  const open = search.get("open");
  const openEntry = useMemo(() => (id: string | null) => {
    if (section === "scripts" && id !== null) void navigate(id === NEW ? `/administration/scripts/${NEW}` : `/administration/scripts/${encodeURIComponent(id)}`);
    else setSearch((before) => {
      const after = new URLSearchParams(before);
      if (id === null) after.delete("open");
      else after.set("open", id);
      return after;
    }, { replace: true });
  }, [navigate, section, setSearch]);
  const columns = useMemo(
    () => (document === undefined ? [] : columnsOf(section, { say, intl, document })),
    [section, say, intl, document],
  );
  const actions = useMemo(() => (editable ? [{ id: `new-${section}`, label: say(`new.${section}`), run: () => openEntry(NEW) }] : []), [editable, section, say, openEntry]);
  useActions("administration", actions);
  const name = say(`section.${section}`);
  const opened = document === undefined || open === null ? null : open === NEW ? null : (find(document, section, open) ?? null);
  const add = editable && (
    section === "numbers"
      ? <Button component={Link} to="/administration/new-number" leftSection={<Plus size={16} aria-hidden />}>{say("new.numbers")}</Button>
      : <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => openEntry(NEW)}>{say(`new.${section}`)}</Button>
  );
  if (error !== null && document === undefined) return <Failure error={error} retry={() => void refetch()} />;
  return (
    <div className={styles["list"]}>
      <div className={styles["head"]}><Title order={1}>{name}</Title>{add}</div>
      <div className={styles["split"]}>
        <DataTable
          name={name} columns={columns} rows={document === undefined ? undefined : entriesOf(document, section)}
          keyOf={(entry) => idOf(section, entry)} open={open} onOpen={openEntry}
          empty={<Stack align="center"><Text>{say(`empty.${section}`)}</Text>{add}</Stack>}
        />
        {document !== undefined && (opened !== null || (open === NEW && editable)) && section !== "scripts" && (
          <EntryPanel key={open} section={section} entry={opened} document={document} editable={editable} close={() => openEntry(null)} opened={openEntry} />
        )}
      </div>
    </div>
  );
}

function columnsOf(section: Section, saying: Saying): Column<Entry>[] {
  const { say } = saying;
  const fields = FACTS[section].fields.filter((field) => field.column === true);
  const own = fields.map((field): Column<Entry> => ({
    id: field.path.join("."),
    label: say(field.label),
    text: (entry) => shown(field, entry, saying),
    figure: field.kind === "whole" || field.kind === "holidays",
    code: field.kind === "zone" || field.kind === "codes" || (field.kind === "text" && field.code === true),
    ...(field.kind === "whole" ? { order: (entry: Entry) => figureOf(field, entry) } : {}),
  }));
  const id: Column<Entry> = { id: "id", label: say(section === "numbers" ? "field.number" : "field.id"), text: (entry) => idOf(section, entry), code: true };
  const named = own[0]?.id === "name" || own[0]?.id === "label";
  return [...(named ? own.slice(0, 1) : []), id, ...own.slice(named ? 1 : 0), ...further(section, saying)];
}

function figureOf(field: Extract<Field, { kind: "whole" }>, entry: Entry): number {
  const value = at(entry, field.path);
  return typeof value === "number" ? value : (field.otherwise ?? -1);
}

/** Columns that are counted from elsewhere. */
function further(section: Section, { say, intl, document }: Saying): Column<Entry>[] {
  const counted = (id: string, label: string, count: (entry: Entry) => number): Column<Entry> =>
    ({ id, label, figure: true, order: count, text: (entry) => intl.formatNumber(count(entry)) });
  switch (section) {
    case "queues":
      return [counted("agents", say("section.agents"), (entry) => serving(document, idOf(section, entry)))];
    case "teams":
      return [counted("agents", say("section.agents"), (entry) => entriesOf(document, "agents").filter((agent) => agent["team"] === entry["id"]).length)];
    case "skills":
      return [counted("agents", say("section.agents"), (entry) => entriesOf(document, "agents").filter((agent) => tableIn(agent["skills"])[idOf(section, entry)] !== undefined).length)];
    case "clients":
      return [counted("projects", say("section.projects"), (entry) => entriesOf(document, "projects").filter((project) => project["client"] === entry["id"]).length)];
    case "flows":
      return [
        counted("nodes", say("field.steps"), (entry) => Object.keys(tableIn(entry["nodes"])).length),
        {
          id: "numbers", label: say("section.numbers"), code: true,
          text: (entry) => entriesOf(document, "numbers").filter((number) => number["flow"] === entry["id"]).map((number) => idOf("numbers", number)).join(" "),
        },
      ];
    case "scripts":
      return [
        counted("steps", say("field.steps"), (entry) => Object.keys(tableIn(entry["steps"])).length),
        {
          id: "projects", label: say("section.projects"),
          text: (entry) => entriesOf(document, "projects").filter((project) => project["script"] === entry["id"]).map((project) => nameIn(document, "projects", idOf("projects", project))).join(", "),
        },
      ];
    default:
      return [];
  }
}

function serving(document: Document, queue: string): number {
  return entriesOf(document, "agents").filter((agent) => tableIn(agent["queues"])[queue] !== undefined).length;
}
