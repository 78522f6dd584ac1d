import { Button, Group, Stack, Switch, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import type { Role } from "../../api/session";
import { useMe } from "../../app/session";
import { useWords } from "../../app/words";
import { Failure } from "../../components/Failure";
import styles from "../administration/AdministrationPage.module.css";
import { type Invitation, type User, request } from "../administration/contract";
import { DataTable } from "../administration/table/DataTable";
import type { Column } from "../administration/table/rows";
import { InvitePanel } from "./InvitePanel";
import { PersonFields } from "./PersonFields";
import { ShownOnce } from "./ShownOnce";
import { SidePanel } from "./SidePanel";

type Row = { kind: "user"; user: User } | { kind: "invitation"; invitation: Invitation };
const NEW = "+";

const keyOf = (row: Row) => (row.kind === "user" ? row.user.id : `invitation:${row.invitation.id}`);
const whole = (row: Row) => (row.kind === "user" ? row.user : row.invitation);

/** Everybody who may sign in, and who is invited; beside the table, the one who is chosen. */
export function UsersPage() {
  const { say, intl } = useWords();
  const users = useQuery({ queryKey: ["users"], queryFn: () => request<User[]>("get", "/api/users") });
  const invitations = useQuery({ queryKey: ["invitations"], queryFn: () => request<Invitation[]>("get", "/api/invitations") });
  const [search, setSearch] = useSearchParams();
  const open = search.get("open");
  const choose = (key: string | null) => setSearch((before) => {
    const after = new URLSearchParams(before);
    if (key === null) after.delete("open");
    else after.set("open", key);
    return after;
  }, { replace: true });
  const rows = useMemo((): Row[] | undefined => {
    if (users.data === undefined || invitations.data === undefined) return undefined;
    return [...invitations.data.map((invitation): Row => ({ kind: "invitation", invitation })), ...users.data.map((user): Row => ({ kind: "user", user }))];
  }, [users.data, invitations.data]);
  const columns = useMemo((): Column<Row>[] => [
    { id: "name", label: say("field.name"), text: (row) => whole(row).name },
    { id: "email", label: say("sign_in.email"), text: (row) => whole(row).email ?? "", code: true },
    { id: "roles", label: say("people.roles"), text: (row) => intl.formatList(whole(row).roles.map((role) => say(`role.${role as Role}`))) },
    { id: "state", label: say("people.state"), text: (row) => say(`people.state.${stateOf(row)}`) },
    { id: "agent", label: say("one.agents"), text: (row) => whole(row).agent ?? "", code: true },
    { id: "client", label: say("field.client"), text: (row) => whole(row).client ?? "", code: true },
    {
      id: "signed_in", label: say("people.signed_in"),
      text: (row) => (row.kind === "user" && row.user.signed_in_at !== null ? intl.formatDate(row.user.signed_in_at, { dateStyle: "medium", timeStyle: "short" }) : ""),
      order: (row) => (row.kind === "user" ? (row.user.signed_in_at ?? "") : ""),
    },
  ], [say, intl]);
  const error = users.error ?? invitations.error;
  if (error !== null && rows === undefined) return <Failure error={error} retry={() => void Promise.all([users.refetch(), invitations.refetch()])} />;
  const opened = rows?.find((row) => keyOf(row) === open);
  return (
    <div className={styles["list"]}>
      <div className={styles["head"]}>
        <Title order={1}>{say("people.users")}</Title>
        <Button leftSection={<UserPlus size={16} aria-hidden />} onClick={() => choose(NEW)}>{say("people.invite")}</Button>
      </div>
      <div className={styles["split"]}>
        <DataTable name={say("people.users")} columns={columns} rows={rows} keyOf={keyOf} open={open} onOpen={choose} empty={<Text>{say("people.empty")}</Text>} />
        {open === NEW && <InvitePanel close={() => choose(null)} />}
        {opened?.kind === "user" && <UserPanel key={opened.user.id} user={opened.user} close={() => choose(null)} />}
        {opened?.kind === "invitation" && <InvitationPanel key={opened.invitation.id} invitation={opened.invitation} close={() => choose(null)} />}
      </div>
    </div>
  );
}

function stateOf(row: Row): "invited" | "disabled" | "active" | "second_factor" {
  if (row.kind === "invitation") return "invited";
  if (row.user.disabled_at !== null) return "disabled";
  return row.user.has_second_factor ? "second_factor" : "active";
}

function UserPanel({ user, close }: { user: User; close: () => void }) {
  const { say } = useWords();
  const me = useMe();
  const queries = useQueryClient();
  const [draft, setDraft] = useState({ name: user.name, roles: user.roles, agent: user.agent, client: user.client });
  const [link, setLink] = useState<string | null>(null);
  const refresh = () => queries.invalidateQueries({ queryKey: ["users"] });
  const path = `/api/users/${encodeURIComponent(user.id)}`;
  const save = useMutation({ mutationFn: (body: object) => request<User>("patch", path, { body }), onSuccess: refresh, meta: { toldInPlace: true } });
  const remove = useMutation({ mutationFn: () => request("delete", path), onSuccess: async () => { await refresh(); close(); }, meta: { toldInPlace: true } });
  const makeLink = useMutation({ mutationFn: () => request<{ link: string }>("post", `${path}/link`), onSuccess: (made) => setLink(made.link), meta: { toldInPlace: true } });
  const reset = useMutation({ mutationFn: () => request("delete", `${path}/second-factor`), onSuccess: refresh, meta: { toldInPlace: true } });
  const isChanged = draft.name !== user.name || draft.agent !== user.agent || draft.client !== user.client || draft.roles.join() !== user.roles.join();
  const error = save.error ?? remove.error ?? makeLink.error ?? reset.error;
  const isMe = user.id === me.user.id;
  const submit = () => {
    const isOfClient = draft.roles.some((role) => role.startsWith("client_"));
    save.mutate({ name: draft.name, roles: draft.roles, agent: draft.agent, ...(isOfClient ? { client: draft.client } : { client: null }) });
  };
  return (
    <SidePanel
      title={<bdi>{user.name}</bdi>} close={close}
      foot={isChanged && <Group gap="sm"><Button loading={save.isPending} disabled={draft.roles.length === 0 || draft.name.trim() === ""} onClick={submit}>{say("form.save")}</Button><Button variant="default" onClick={() => setDraft({ name: user.name, roles: user.roles, agent: user.agent, client: user.client })}>{say("form.discard")}</Button></Group>}
    >
      <Stack gap="lg">
        {error !== null && <Failure error={error} />}
        {link !== null && <ShownOnce title={say("people.link")} text={say("people.link.text")} secret={link} done={() => setLink(null)} />}
        <TextInput label={say("field.name")} required value={draft.name} onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })} />
        <Text size="sm" className="quiet"><bdi dir="ltr">{user.email}</bdi></Text>
        <PersonFields roles={draft.roles} agent={draft.agent} client={draft.client} change={(to) => setDraft({ ...draft, ...to })} />
        {!isMe && <Switch label={say("people.may_sign_in")} description={say("people.may_sign_in.hint")} checked={user.disabled_at === null} disabled={save.isPending} onChange={(event) => save.mutate({ disabled: !event.currentTarget.checked })} />}
        <Group gap="sm">
          <Button variant="default" size="xs" loading={makeLink.isPending} onClick={() => makeLink.mutate()}>{say("people.link.make")}</Button>
          {user.has_second_factor && <Button variant="default" size="xs" loading={reset.isPending} onClick={() => reset.mutate()}>{say("people.second_factor.reset")}</Button>}
          {!isMe && user.disabled_at !== null && <Button variant="default" size="xs" c="red" loading={remove.isPending} onClick={() => remove.mutate()}>{say("people.remove")}</Button>}
        </Group>
        {!isMe && user.disabled_at === null && <Text size="sm" className="quiet">{say("people.remove.hint")}</Text>}
      </Stack>
    </SidePanel>
  );
}

function InvitationPanel({ invitation, close }: { invitation: Invitation; close: () => void }) {
  const { say, intl } = useWords();
  const queries = useQueryClient();
  const withdraw = useMutation({
    mutationFn: () => request("delete", `/api/invitations/${encodeURIComponent(invitation.id)}`),
    onSuccess: async () => { await queries.invalidateQueries({ queryKey: ["invitations"] }); close(); },
    meta: { toldInPlace: true },
  });
  return (
    <SidePanel title={<bdi>{invitation.name}</bdi>} close={close}>
      <Stack gap="md">
        {withdraw.error !== null && <Failure error={withdraw.error} />}
        <Text><bdi dir="ltr">{invitation.email}</bdi></Text>
        <Text>{invitation.roles.map((role) => say(`role.${role as Role}`)).join(" · ")}</Text>
        <Text className="quiet">{say("people.invited_by", { name: invitation.invited_by, when: intl.formatDate(invitation.expires_at, { dateStyle: "long" }) })}</Text>
        <Button variant="default" style={{ alignSelf: "start" }} loading={withdraw.isPending} onClick={() => withdraw.mutate()}>{say("people.withdraw")}</Button>
      </Stack>
    </SidePanel>
  );
}
