import { Button, Stack, Text, TextInput } from "@mantine/core";
import { ListOrdered, Phone, User } from "lucide-react";
import { useState } from "react";
import { useWords } from "../../app/words";
import { showFailure } from "../../components/FailureToast";
import { type Target, useNames } from "./requests";
import type { useDesk } from "./PhoneProvider";
import styles from "./TransferPicker.module.css";
import { sendForm } from "./useDraft";

const SHOWN_MAX = 30;
const NUMBER = /^\+?[0-9]{2,20}$/;
const ICONS = { agent: User, queue: ListOrdered, number: Phone } as const;

interface Found extends Target {
  name: string;
}

/** Whom to pass the customer on to: found by typing a name, a queue or a number; at once, or after asking. */
export function TransferPicker({ contact, desk, done }: { contact: string; desk: NonNullable<ReturnType<typeof useDesk>>; done: () => void }) {
  const { say } = useWords();
  const [asked, setAsked] = useState("");
  const agents = useNames("agents").data ?? [];
  const queues = useNames("queues").data ?? [];
  const typed = asked.trim();
  const number = typed.replace(/[\s()-]/g, "");
  const known: Found[] = [
    ...queues.map(({ id, name }): Found => ({ kind: "queue", target: id, name })),
    ...agents.filter(({ id }) => id !== desk.agent).map(({ id, name }): Found => ({ kind: "agent", target: id, name })),
  ];
  const found = [
    ...(NUMBER.test(number) ? [{ kind: "number", target: number, name: number } as const] : []),
    ...known.filter(({ name, target }) => `${name} ${target}`.toLocaleLowerCase().includes(typed.toLocaleLowerCase())),
  ].slice(0, SHOWN_MAX);
  const [isPassing, setPassing] = useState(false);
  const send = (to: Target, how: "transfer" | "consult") => {
    if (isPassing) return;
    const pass = async () => {
      await sendForm(desk.agent, contact);
      await desk.commands[how](contact, { kind: to.kind, target: to.target });
    };
    setPassing(true);
    pass().then(done, showFailure).finally(() => setPassing(false));
  };
  const first = found[0];
  return (
    <Stack gap="sm">
      <TextInput
        label={say("transfer.to")} description={say("transfer.keys")} value={asked} data-autofocus
        onChange={(event) => setAsked(event.currentTarget.value)}
        onKeyDown={(event) => {
          // With nothing typed nobody is meant: the first of all is there by chance.
          if (event.key !== "Enter" || typed === "" || first === undefined) return;
          event.preventDefault();
          send(first, event.ctrlKey && first.kind !== "queue" ? "consult" : "transfer");
        }}
      />
      <div className={styles["found"]}>
        <ul>
          {found.map((one) => {
            const Icon = ICONS[one.kind];
            return (
              <li key={`${one.kind} ${one.target}`} className={styles["row"]}>
                <Icon size={16} aria-hidden />
                <bdi className="cut" dir={one.kind === "number" ? "ltr" : undefined}>{one.name}</bdi>
                <span className={styles["actions"]}>
                  {one.kind !== "queue" && (
                    <Button size="compact-sm" variant="default" disabled={isPassing} onClick={() => send(one, "consult")}>{say("transfer.ask_first")}</Button>
                  )}
                  <Button size="compact-sm" disabled={isPassing} onClick={() => send(one, "transfer")}>{say("transfer.now")}</Button>
                </span>
              </li>
            );
          })}
        </ul>
        {found.length === 0 && <Text className="quiet">{say("transfer.nobody")}</Text>}
      </div>
    </Stack>
  );
}
