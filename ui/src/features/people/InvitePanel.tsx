import { Button, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { RequestFailed } from "../../api/problems";
import { useWords } from "../../app/words";
import { Failure } from "../../components/Failure";
import { request } from "../administration/contract";
import { PersonFields } from "./PersonFields";
import { ShownOnce } from "./ShownOnce";
import { SidePanel } from "./SidePanel";

const NOBODY = { name: "", email: "", roles: ["agent"], agent: null as string | null, client: null as string | null };

/** Invites somebody: the answer is a link, shown once, to be given to them. */
export function InvitePanel({ close }: { close: () => void }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const [draft, setDraft] = useState(NOBODY);
  const invite = useMutation({
    mutationFn: (body: typeof NOBODY) => request<{ link: string }>("post", "/api/invitations", { body }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["invitations"] }),
    meta: { toldInPlace: true },
  });
  const isTaken = invite.error instanceof RequestFailed && invite.error.code === "email_taken";
  return (
    <SidePanel title={say("people.invite")} close={close}>
      {invite.data !== undefined ? (
        <ShownOnce title={say("people.invited", { name: draft.name })} text={say("people.invited.text")} secret={invite.data.link} done={close} />
      ) : (
        <Stack component="form" gap="lg" onSubmit={(event) => { event.preventDefault(); invite.mutate(draft); }}>
          {invite.error !== null && !isTaken && <Failure error={invite.error} />}
          <TextInput label={say("field.name")} required value={draft.name} onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })} />
          <TextInput
            label={say("sign_in.email")} type="email" dir="ltr" required value={draft.email} error={isTaken ? say("people.email_taken") : undefined}
            onChange={(event) => { setDraft({ ...draft, email: event.currentTarget.value }); invite.reset(); }}
          />
          <PersonFields roles={draft.roles} agent={draft.agent} client={draft.client} change={(to) => setDraft({ ...draft, ...to })} />
          <Button type="submit" style={{ alignSelf: "start" }} loading={invite.isPending} disabled={draft.roles.length === 0}>{say("people.invite.do")}</Button>
        </Stack>
      )}
    </SidePanel>
  );
}
