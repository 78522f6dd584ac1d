import { Button, Code, Group, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { ShieldCheck, ShieldOff } from "lucide-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useSessionChange } from "../../api/session";
import { useMe } from "../../app/session";
import { useWords } from "../../app/words";
import styles from "./AccountPage.module.css";
import { Part } from "./Part";
import { PasswordRefusal } from "./Password";
import { beginSecondFactor, confirmSecondFactor, removeSecondFactor } from "./requests";

const told = { meta: { toldInPlace: true } };

/** An authenticator app: shown as a picture, confirmed by a code, with codes for the day on which it is lost. */
export function SecondFactor() {
  const { say } = useWords();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const isOn = useMe().user.has_second_factor;
  const { read } = useSessionChange();
  const beginning = useMutation({ mutationFn: () => beginSecondFactor(password), ...told });
  const confirming = useMutation({ mutationFn: () => confirmSecondFactor(code), onSuccess: () => void read(), ...told });
  const removing = useMutation({ mutationFn: () => removeSecondFactor(password), onSuccess: () => void read(), ...told });
  const factor = beginning.data;
  const codes = confirming.data;
  return (
    <Part title={say("totp.title")} text={say("totp.text")}>
      {codes !== undefined ? (
        <Stack>
          <Text fw={600}>{say("totp.on")}</Text>
          <Text>{say("totp.codes")}</Text>
          <ul className={styles["codes"]} dir="ltr">{codes.map((one) => <li key={one}><Code>{one}</Code></li>)}</ul>
        </Stack>
      ) : factor === undefined ? (
        <Stack>
          <Group gap="xs">
            <span className={styles["state"]}>{isOn ? <ShieldCheck size={16} aria-hidden /> : <ShieldOff size={16} aria-hidden />}</span>
            <Text fw={600}>{say(isOn ? "totp.is_on" : "totp.is_off")}</Text>
          </Group>
          <PasswordInput label={say("password.present")} autoComplete="current-password" dir="ltr" maw={320} value={password} onChange={(event) => setPassword(event.currentTarget.value)} />
          <PasswordRefusal error={beginning.error ?? removing.error} />
          {removing.isSuccess && <Text role="status">{say("totp.off")}</Text>}
          <Group>
            <Button variant="default" loading={beginning.isPending} onClick={() => beginning.mutate()}>{say(isOn ? "totp.begin_again" : "totp.begin")}</Button>
            {isOn && <Button variant="subtle" loading={removing.isPending} onClick={() => removing.mutate()}>{say("totp.remove")}</Button>}
          </Group>
        </Stack>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            confirming.mutate();
          }}
        >
          <Stack>
            <Text>{say("totp.scan")}</Text>
            <img className={styles["picture"]} src={factor.picture} alt={say("totp.picture")} />
            <Text className="quiet">{say("totp.by_hand")} <bdi dir="ltr"><Code>{factor.secret}</Code></bdi></Text>
            <TextInput label={say("second_factor.code")} required dir="ltr" inputMode="numeric" autoComplete="one-time-code" maw={240} value={code} onChange={(event) => setCode(event.currentTarget.value.trim())} />
            <PasswordRefusal error={confirming.error} />
            <div><Button type="submit" loading={confirming.isPending}>{say("totp.confirm")}</Button></div>
          </Stack>
        </form>
      )}
    </Part>
  );
}
