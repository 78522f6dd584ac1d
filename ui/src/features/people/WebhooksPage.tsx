import { Badge, Button, Checkbox, Group, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, RotateCcw } from "lucide-react";
import { useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { useWords } from "../../app/words";
import { Failure } from "../../components/Failure";
import styles from "../administration/AdministrationPage.module.css";
import { type Delivery, WEBHOOK_KINDS, type Webhook, request } from "../administration/contract";
import { entriesOf, idOf, nameIn, nameOf } from "../administration/entries/values";
import { useOrganisation } from "../administration/organisation";
import { DataTable } from "../administration/table/DataTable";
import type { Column } from "../administration/table/rows";
import { ShownOnce } from "./ShownOnce";
import { SidePanel } from "./SidePanel";

const NEW = "+";
const COLOURS = { pending: "gray", delivered: "green", failed: "red" } as const;

const pathOf = (webhook: Webhook) => `/api/webhooks/${encodeURIComponent(webhook.id)}`;

/** Systems that are told what happens, and how each delivery went. */
export function WebhooksPage() {
  const { say, intl } = useWords();
  const { data: document } = useOrganisation();
  const { data: webhooks, error, refetch } = useQuery({ queryKey: ["webhooks"], queryFn: () => request<Webhook[]>("get", "/api/webhooks") });
  const [search, setSearch] = useSearchParams();
  const open = search.get("open");
  const choose = (key: string | null) => setSearch(key === null ? {} : { open: key }, { replace: true });
  const columns = useMemo((): Column<Webhook>[] => [
    { id: "url", label: say("webhooks.url"), text: (webhook) => webhook.url, code: true },
    { id: "kinds", label: say("webhooks.kinds"), text: (webhook) => intl.formatList(webhook.kinds.map((kind) => kindShown(kind, say))) },
    { id: "project", label: say("field.project"), text: (webhook) => (webhook.project === null ? say("webhooks.every_project") : document === undefined ? webhook.project : nameIn(document, "projects", webhook.project)) },
    { id: "made_at", label: say("keys.made_at"), text: (webhook) => intl.formatDate(webhook.made_at, { dateStyle: "medium" }), order: (webhook) => webhook.made_at },
  ], [say, intl, document]);
  if (error !== null && webhooks === undefined) return <Failure error={error} retry={() => void refetch()} />;
  const opened = webhooks?.find((webhook) => webhook.id === open);
  const add = <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => choose(NEW)}>{say("webhooks.new")}</Button>;
  return (
    <div className={styles["list"]}>
      <div className={styles["head"]}><Title order={1}>{say("people.webhooks")}</Title>{add}</div>
      <div className={styles["split"]}>
        <DataTable name={say("people.webhooks")} columns={columns} rows={webhooks} keyOf={(webhook) => webhook.id} open={open} onOpen={choose} empty={<Stack align="center"><Text>{say("webhooks.empty")}</Text>{add}</Stack>} />
        {open === NEW && <NewWebhook close={() => choose(null)} />}
        {opened !== undefined && <OneWebhook key={opened.id} webhook={opened} close={() => choose(null)} />}
      </div>
    </div>
  );
}

function kindShown(kind: string, say: ReturnType<typeof useWords>["say"]): string {
  const known = WEBHOOK_KINDS.find((one) => one === kind);
  return known === undefined ? kind : say(`fact.${known}`);
}

interface Wanted {
  url: string;
  kinds: string[];
  project: string | null;
}

function Fields({ draft, change }: { draft: Wanted; change: (to: Wanted) => void }) {
  const { say } = useWords();
  const { data: document } = useOrganisation();
  const projects = document === undefined ? [] : entriesOf(document, "projects").map((one) => ({ value: idOf("projects", one), label: nameOf("projects", one) }));
  return (
    <>
      <TextInput label={say("webhooks.url")} type="url" dir="ltr" required placeholder="https://" value={draft.url} onChange={(event) => change({ ...draft, url: event.currentTarget.value })} />
      <Checkbox.Group label={say("webhooks.kinds")} required value={draft.kinds} onChange={(kinds) => change({ ...draft, kinds })}>
        <Stack gap="xs" mt={4}>{WEBHOOK_KINDS.map((kind) => <Checkbox key={kind} value={kind} label={say(`fact.${kind}`)} />)}</Stack>
      </Checkbox.Group>
      <Select label={say("field.project")} placeholder={say("webhooks.every_project")} clearable searchable data={projects} value={draft.project} onChange={(project) => change({ ...draft, project })} />
    </>
  );
}

function NewWebhook({ close }: { close: () => void }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const [draft, setDraft] = useState<Wanted>({ url: "", kinds: ["contact.answered", "contact.closed"], project: null });
  const make = useMutation({
    mutationFn: () => request<{ secret: string }>("post", "/api/webhooks", { body: draft }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["webhooks"] }),
    meta: { toldInPlace: true },
  });
  return (
    <SidePanel title={say("webhooks.new")} close={close}>
      {make.data !== undefined ? <ShownOnce title={say("webhooks.secret")} text={say("webhooks.secret.text")} secret={make.data.secret} done={close} /> : (
        <Stack component="form" gap="lg" onSubmit={(event) => { event.preventDefault(); make.mutate(); }}>
          {make.error !== null && <Failure error={make.error} />}
          <Fields draft={draft} change={setDraft} />
          <Button type="submit" style={{ alignSelf: "start" }} loading={make.isPending} disabled={draft.kinds.length === 0}>{say("webhooks.make")}</Button>
        </Stack>
      )}
    </SidePanel>
  );
}

function OneWebhook({ webhook, close }: { webhook: Webhook; close: () => void }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const [draft, setDraft] = useState<Wanted>({ url: webhook.url, kinds: webhook.kinds, project: webhook.project });
  const refresh = () => queries.invalidateQueries({ queryKey: ["webhooks"] });
  const save = useMutation({ mutationFn: () => request("patch", pathOf(webhook), { body: draft }), onSuccess: refresh, meta: { toldInPlace: true } });
  const rotate = useMutation({ mutationFn: () => request<{ secret: string }>("post", `${pathOf(webhook)}/secret`), onSuccess: refresh, meta: { toldInPlace: true } });
  const remove = useMutation({ mutationFn: () => request("delete", pathOf(webhook)), onSuccess: async () => { await refresh(); close(); }, meta: { toldInPlace: true } });
  const error = save.error ?? rotate.error ?? remove.error;
  const isChanged = draft.url !== webhook.url || draft.project !== webhook.project || draft.kinds.join() !== webhook.kinds.join();
  return (
    <SidePanel
      title={<bdi dir="ltr">{webhook.url}</bdi>} close={close}
      foot={isChanged && <Group gap="sm"><Button loading={save.isPending} disabled={draft.kinds.length === 0 || draft.url === ""} onClick={() => save.mutate()}>{say("form.save")}</Button></Group>}
    >
      <Stack gap="lg">
        {error !== null && <Failure error={error} />}
        {rotate.data !== undefined && <ShownOnce title={say("webhooks.secret")} text={say("webhooks.secret.rotated")} secret={rotate.data.secret} done={() => rotate.reset()} />}
        <Fields draft={draft} change={setDraft} />
        <Group gap="sm">
          <Button variant="default" size="xs" loading={rotate.isPending} onClick={() => rotate.mutate()}>{say("webhooks.rotate")}</Button>
          <Button variant="default" size="xs" c="red" loading={remove.isPending} onClick={() => remove.mutate()}>{say("webhooks.remove")}</Button>
        </Group>
        <Deliveries webhook={webhook} />
      </Stack>
    </SidePanel>
  );
}

function Deliveries({ webhook }: { webhook: Webhook }) {
  const { say, intl } = useWords();
  const queries = useQueryClient();
  const key = ["deliveries", webhook.id];
  const { data, error, refetch } = useQuery({ queryKey: key, queryFn: () => request<{ deliveries: Delivery[] }>("get", `${pathOf(webhook)}/deliveries?limit=50`) });
  const retry = useMutation({ mutationFn: (delivery: number) => request("post", `${pathOf(webhook)}/deliveries/${delivery}/retry`), onSuccess: () => queries.invalidateQueries({ queryKey: key }) });
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />;
  return (
    <Stack gap="sm">
      <Title order={3}>{say("webhooks.deliveries")}</Title>
      {data?.deliveries.length === 0 && <Text className="quiet">{say("webhooks.no_deliveries")}</Text>}
      <ol>
        {data?.deliveries.map((delivery) => (
          <li key={delivery.id}>
            <details>
              <summary>
                <Group component="span" display="inline-flex" gap="sm" py={4}>
                  <Badge size="sm" variant="light" color={COLOURS[delivery.state]} tt="none">{say(`webhooks.state.${delivery.state}`)}</Badge>
                  <span>{kindShown(delivery.kind, say)}</span>
                  <time className="quiet" dateTime={delivery.made_at}>{intl.formatDate(delivery.made_at, { dateStyle: "short", timeStyle: "medium" })}</time>
                </Group>
              </summary>
              <Stack gap="xs" ps="md" pb="sm">
                {delivery.log.map((one) => (
                  <Text key={one.n} size="sm">
                    {intl.formatDate(one.at, { timeStyle: "medium" })} · <bdi dir="ltr">{one.status ?? "—"}</bdi> · {say("webhooks.took", { milliseconds: one.milliseconds })}
                    {one.problem !== null && <> · <bdi>{one.problem}</bdi></>}
                  </Text>
                ))}
                <pre dir="ltr" style={{ overflow: "auto", margin: 0, fontSize: "0.75rem" }}>{JSON.stringify(delivery.body, null, 2)}</pre>
                <Button variant="default" size="xs" style={{ alignSelf: "start" }} leftSection={<RotateCcw size={14} aria-hidden />} loading={retry.isPending} onClick={() => retry.mutate(delivery.id)}>{say("webhooks.retry")}</Button>
              </Stack>
            </details>
          </li>
        ))}
      </ol>
    </Stack>
  );
}
