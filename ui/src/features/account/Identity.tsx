import { Button, Group, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useSessionChange } from "../../api/session";
import { useMe } from "../../app/session";
import { useWords } from "../../app/words";
import { Part } from "./Part";
import { rename } from "./requests";

export function Identity() {
  const { say } = useWords();
  const me = useMe();
  const { put } = useSessionChange();
  const [name, setName] = useState(me.user.name);
  const renaming = useMutation({ mutationFn: rename, onSuccess: put });
  const text = me.roles.map((role) => say(`role.${role}`)).join(" · ");
  return (
    <Part title={say("account.who")} text={text}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          renaming.mutate(name.trim());
        }}
      >
        <Group align="end">
          <TextInput label={say("join.name")} required value={name} onChange={(event) => setName(event.currentTarget.value)} flex={1} />
          <Button type="submit" variant="default" loading={renaming.isPending} disabled={name.trim() === me.user.name}>{say("account.save")}</Button>
        </Group>
      </form>
      {me.user.email !== null && <Text className="quiet"><bdi dir="ltr">{me.user.email}</bdi></Text>}
    </Part>
  );
}
