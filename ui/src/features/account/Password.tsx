import { Alert, Button, Group, PasswordInput, Stack } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { RequestFailed } from "../../api/problems";
import { useMe } from "../../app/session";
import { useWords } from "../../app/words";
import { Failure } from "../../components/Failure";
import { PASSWORD_CHARACTERS_MIN } from "../sign-in/requests";
import { Part } from "./Part";
import { changePassword } from "./requests";

export function Password() {
  const { say } = useWords();
  const me = useMe();
  const [present, setPresent] = useState("");
  const [password, setPassword] = useState("");
  const changing = useMutation({
    mutationFn: () => changePassword(present === "" ? null : present, password),
    onSuccess: () => {
      setPresent("");
      setPassword("");
      notifications.show({ message: say("password.changed") });
    },
    meta: { toldInPlace: true },
  });
  const short = password !== "" && password.length < PASSWORD_CHARACTERS_MIN;
  return (
    <Part title={say("sign_in.password")} text={say("password.text")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!short) changing.mutate();
        }}
      >
        <Stack>
          <input type="hidden" autoComplete="username" value={me.user.email ?? ""} />
          <Group grow align="start">
            <PasswordInput label={say("password.present")} autoComplete="current-password" dir="ltr" value={present} onChange={(event) => setPresent(event.currentTarget.value)} />
            <PasswordInput
              label={say("password.new")} autoComplete="new-password" required dir="ltr" value={password}
              error={short ? say("join.short", { least: PASSWORD_CHARACTERS_MIN }) : null}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
          </Group>
          <PasswordRefusal error={changing.error} />
          <div><Button type="submit" variant="default" loading={changing.isPending}>{say("password.change")}</Button></div>
        </Stack>
      </form>
    </Part>
  );
}

/** A password that was not right, in words; anything else as a failure. */
export function PasswordRefusal({ error }: { error: unknown }) {
  const { say } = useWords();
  if (error === null) return null;
  const code = error instanceof RequestFailed ? error.code : "";
  if (code === "password_needed") return <Alert color="red" role="alert">{say("password.wrong")}</Alert>;
  if (code === "password_refused") return <Alert color="red" role="alert">{say("password.easy")}</Alert>;
  if (code === "wrong_credentials") return <Alert color="red" role="alert">{say("second_factor.wrong")}</Alert>;
  return <Failure error={error} />;
}
