import { Alert, Button, Loader, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { RequestFailed } from "../../api/problems";
import { useSessionChange } from "../../api/session";
import { usePreferences, useWords } from "../../app/words";
import { Failure } from "../../components/Failure";
import { Frame } from "./Frame";
import { keepPreferences } from "../account/requests";
import { type Invitation, PASSWORD_CHARACTERS_MIN, accept, invitationOf } from "./requests";

/** Accepts an invitation: a name and a password, and one is inside. */
export function Component() {
  const { say } = useWords();
  const { token = "" } = useParams();
  const { data, error, isPending, refetch } = useQuery({ queryKey: ["invitation", token], queryFn: () => invitationOf(token) });
  if (isPending) return <Frame title="Markaz"><Loader /></Frame>;
  if (error !== null) {
    const gone = error instanceof RequestFailed && (error.status === 404 || error.status === 410);
    return (
      <Frame title="Markaz">
        {gone ? <Alert color="red" role="alert">{say("join.gone")}</Alert> : <Failure error={error} retry={() => void refetch()} />}
      </Frame>
    );
  }
  return (
    <Frame title={say("join.title", { centre: data.centre })}>
      <JoinForm token={token} invitation={data} />
    </Frame>
  );
}

function JoinForm({ token, invitation }: { token: string; invitation: Invitation }) {
  const { say } = useWords();
  const navigate = useNavigate();
  const { preferences } = usePreferences();
  const { read } = useSessionChange();
  const [name, setName] = useState(invitation.name);
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const short = password.length < PASSWORD_CHARACTERS_MIN;
  const joining = useMutation({
    mutationFn: async () => {
      await accept(token, { name: name.trim(), password });
      await keepPreferences(preferences); // what was chosen on this page holds from now on
      await read();
      await navigate("/", { replace: true });
    },
    meta: { toldInPlace: true },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!short) joining.mutate();
      }}
    >
      <Stack>
        <Text>{say("join.text", { email: invitation.email })}</Text>
        <input type="hidden" name="email" autoComplete="username" value={invitation.email} />
        <TextInput label={say("join.name")} required autoFocus autoComplete="name" value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <PasswordInput
          label={say("join.password", { least: PASSWORD_CHARACTERS_MIN })} required autoComplete="new-password" dir="ltr" value={password}
          error={tried && short ? say("join.short", { least: PASSWORD_CHARACTERS_MIN }) : null}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {joining.error !== null && <Failure error={joining.error} />}
        <Button type="submit" loading={joining.isPending}>{say("join.do")}</Button>
      </Stack>
    </form>
  );
}
