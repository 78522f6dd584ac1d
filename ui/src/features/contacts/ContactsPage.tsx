import { Button, Text, Title } from "@mantine/core";
import { useMemo } from "react";
import { useSearchParams } from "react-router";
import { useMe } from "../../app/session";
import { useWords } from "../../app/words";
import { Failure } from "../../components/Failure";
import { written } from "../../components/durations";
import frame from "../administration/AdministrationPage.module.css";
import { DataTable } from "../administration/table/DataTable";
import type { Column } from "../administration/table/rows";
import { useNaming } from "../listening/requests";
import { ContactPanel } from "./ContactPanel";
import styles from "./ContactsPage.module.css";
import { type Contact, sheetOf, useContacts } from "./requests";
import { SearchBar } from "./SearchBar";
import { FIELDS, type Field, OUTCOMES, viewOf } from "./view";

/** Every contact that the reader may see, looked for by the address bar's words, and the story of the one that is open. */
export function Component() {
  const { say } = useWords();
  const [search, setSearch] = useSearchParams();
  const view = viewOf(search);
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useContacts(view);
  const rows = useMemo(() => data?.pages.flatMap((page) => page.contacts), [data]);
  const columns = useColumns();
  const open = search.get("open");
  const put = (changed: Partial<Record<Field | "open", string>>) => setSearch((before) => {
    const after = new URLSearchParams(before);
    for (const [name, value] of Object.entries(changed)) {
      if (value === "") after.delete(name);
      else after.set(name, value);
    }
    return after;
  }, { replace: true });
  const isLookedFor = FIELDS.some((field) => view[field] !== "");
  return (
    <div className={styles["page"]}>
      <Title order={1}>{say("nav.contacts")}</Title>
      <SearchBar view={view} put={put} />
      {error !== null && data === undefined ? <Failure error={error} retry={() => void refetch()} /> : (
        <div className={frame["split"]}>
          <DataTable
            name={say("nav.contacts")} columns={columns} rows={rows} keyOf={(one) => one.contact} open={open} onOpen={(key) => put({ open: key === open ? "" : key })}
            sheet={sheetOf(view)}
            empty={isLookedFor
              ? <><Text>{say("contacts.nothing")}</Text><Text pb="md" c="dimmed">{say("contacts.nothing.try")}</Text><Button variant="default" onClick={() => put(Object.fromEntries(FIELDS.map((field) => [field, ""])))}>{say("contacts.all")}</Button></>
              : <Text>{say("contacts.empty")}</Text>}
            actions={hasNextPage && <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>{say("history.more")}</Button>}
          />
          {open !== null && <ContactPanel key={open} contact={open} close={() => put({ open: "" })} look={put} />}
        </div>
      )}
    </div>
  );
}

function useColumns(): Column<Contact>[] {
  const { say, intl } = useWords();
  const naming = useNaming();
  const isStaff = useMe().client == null;
  return useMemo(() => {
    const wait = (one: Contact) => (Date.parse(one.answered_at ?? one.closed_at ?? one.arrived_at) - Date.parse(one.queued_at ?? one.arrived_at)) / 1000;
    return [
      { id: "arrived", label: say("contacts.arrived"), text: (one) => intl.formatDate(one.arrived_at, { dateStyle: "short", timeStyle: "medium" }), order: (one) => Date.parse(one.arrived_at) },
      { id: "customer", label: say("contacts.customer"), text: (one) => one.customer, code: true },
      { id: "outcome", label: say("contacts.outcome"), text: (one) => outcomeShown(one, say) },
      { id: "queue", label: say("contacts.queue"), text: (one) => naming("queues", one.queue) },
      { id: "project", label: say("contacts.project"), text: (one) => naming("projects", one.project) },
      ...(isStaff ? [{ id: "agents", label: say("contacts.agents"), text: (one: Contact) => one.agents.map((agent) => naming("agents", agent)).join(", ") }] : []),
      { id: "waited", label: say("contacts.waited"), figure: true, text: (one) => (one.queued_at == null ? "" : written(Math.max(0, wait(one)), "clock", intl.locale)), order: wait },
      { id: "number", label: say("contacts.number"), text: (one) => one.number ?? "", code: true },
    ];
  }, [say, intl, naming, isStaff]);
}

function outcomeShown(one: Contact, say: ReturnType<typeof useWords>["say"]): string {
  const known = OUTCOMES.find((outcome) => outcome === one.outcome);
  return known === undefined ? say("contacts.open") : say(`outcome.${known}`);
}
