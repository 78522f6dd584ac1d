import { Button, Checkbox, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { useWords } from "../../app/words";
import { DateField } from "../../components/DateFields";
import { Failure } from "../../components/Failure";
import styles from "../administration/AdministrationPage.module.css";
import { type Key, SCOPES, request } from "../administration/contract";
import { entriesOf, idOf, nameOf } from "../administration/entries/values";
import { useOrganisation } from "../administration/organisation";
import { DataTable } from "../administration/table/DataTable";
import type { Column } from "../administration/table/rows";
import { ShownOnce } from "./ShownOnce";
import { SidePanel } from "./SidePanel";

const NEW = "+";

/** What other programs show instead of a session: each key with what it opens. */
export function KeysPage() {
  const { say, intl } = useWords();
  const { data: keys, error, refetch } = useQuery({ queryKey: ["keys"], queryFn: () => request<Key[]>("get", "/api/keys") });
  const [search, setSearch] = useSearchParams();
  const open = search.get("open");
  const choose = (key: string | null) => setSearch(key === null ? {} : { open: key }, { replace: true });
  const columns = useMemo((): Column<Key>[] => {
    const date = (moment: string | null) => (moment === null ? "" : intl.formatDate(moment, { dateStyle: "medium" }));
    return [
      { id: "name", label: say("field.name"), text: (key) => key.name },
      { id: "scopes", label: say("keys.opens"), text: (key) => intl.formatList(key.scopes.map((scope) => scopeShown(scope, say))) },
      { id: "client", label: say("field.client"), text: (key) => key.client ?? "", code: true },
      { id: "made_by", label: say("keys.made_by"), text: (key) => key.made_by ?? "" },
      { id: "made_at", label: say("keys.made_at"), text: (key) => date(key.made_at), order: (key) => key.made_at },
      { id: "used_at", label: say("keys.used_at"), text: (key) => date(key.used_at), order: (key) => key.used_at ?? "" },
      { id: "expires_at", label: say("keys.expires_at"), text: (key) => date(key.expires_at), order: (key) => key.expires_at ?? "" },
    ];
  }, [say, intl]);
  if (error !== null && keys === undefined) return <Failure error={error} retry={() => void refetch()} />;
  const opened = keys?.find((key) => key.id === open);
  const add = <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => choose(NEW)}>{say("keys.new")}</Button>;
  return (
    <div className={styles["list"]}>
      <div className={styles["head"]}><Title order={1}>{say("people.keys")}</Title>{add}</div>
      <div className={styles["split"]}>
        <DataTable name={say("people.keys")} columns={columns} rows={keys} keyOf={(key) => key.id} open={open} onOpen={choose} empty={<Stack align="center"><Text>{say("keys.empty")}</Text>{add}</Stack>} />
        {open === NEW && <NewKey close={() => choose(null)} />}
        {opened !== undefined && <OneKey key={opened.id} found={opened} close={() => choose(null)} />}
      </div>
    </div>
  );
}

function scopeShown(scope: string, say: ReturnType<typeof useWords>["say"]): string {
  const known = SCOPES.find((one) => one === scope);
  return known === undefined ? scope : say(`scope.${known}`);
}

function NewKey({ close }: { close: () => void }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const { data: document } = useOrganisation();
  const [draft, setDraft] = useState({ name: "", scopes: [] as string[], client: null as string | null, until: "" });
  const make = useMutation({
    mutationFn: () => request<{ key: string }>("post", "/api/keys", {
      body: { name: draft.name, scopes: draft.scopes, client: draft.client, expires_at: draft.until === "" ? null : new Date(`${draft.until}T00:00:00`).toISOString() },
    }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["keys"] }),
    meta: { toldInPlace: true },
  });
  if (make.data !== undefined) {
    return <SidePanel title={<bdi>{draft.name}</bdi>} close={close}><ShownOnce title={say("keys.made")} text={say("keys.made.text")} secret={make.data.key} done={close} /></SidePanel>;
  }
  const clients = document === undefined ? [] : entriesOf(document, "clients").map((one) => ({ value: idOf("clients", one), label: nameOf("clients", one) }));
  return (
    <SidePanel title={say("keys.new")} close={close}>
      <Stack component="form" gap="lg" onSubmit={(event) => { event.preventDefault(); make.mutate(); }}>
        {make.error !== null && <Failure error={make.error} />}
        <TextInput label={say("keys.for")} required value={draft.name} onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })} />
        <Checkbox.Group label={say("keys.opens")} required value={draft.scopes} onChange={(scopes) => setDraft({ ...draft, scopes })}>
          <Stack gap="xs" mt={4}>{SCOPES.map((scope) => <Checkbox key={scope} value={scope} label={say(`scope.${scope}`)} />)}</Stack>
        </Checkbox.Group>
        <Select label={say("keys.client")} description={say("keys.client.hint")} clearable searchable data={clients} value={draft.client} onChange={(client) => setDraft({ ...draft, client })} />
        <DateField label={say("keys.until")} description={say("keys.until.hint")} value={draft.until} onChange={(until) => setDraft({ ...draft, until })} />
        <Button type="submit" style={{ alignSelf: "start" }} loading={make.isPending} disabled={draft.scopes.length === 0 || draft.name.trim() === ""}>{say("keys.make")}</Button>
      </Stack>
    </SidePanel>
  );
}

function OneKey({ found, close }: { found: Key; close: () => void }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => request("delete", `/api/keys/${encodeURIComponent(found.id)}`),
    onSuccess: async () => { await queries.invalidateQueries({ queryKey: ["keys"] }); close(); },
    meta: { toldInPlace: true },
  });
  return (
    <SidePanel title={<bdi>{found.name}</bdi>} close={close}>
      <Stack gap="md">
        {revoke.error !== null && <Failure error={revoke.error} />}
        <ul>{found.scopes.map((scope) => <li key={scope}>{scopeShown(scope, say)}</li>)}</ul>
        <Text className="quiet">{say("keys.revoke.hint")}</Text>
        <Button variant="default" c="red" style={{ alignSelf: "start" }} loading={revoke.isPending} onClick={() => revoke.mutate()}>{say("keys.revoke")}</Button>
      </Stack>
    </SidePanel>
  );
}
