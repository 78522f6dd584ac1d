import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Ear, MessageCircle, PhoneForwarded, UserPlus } from "lucide-react";
import { useMemo } from "react";
import { useActions } from "../../app/actions";
import { useMay } from "../../app/session";
import { useWords } from "../../app/words";
import { useLiveAgent, useLiveContact } from "../../live/live";
import type { Phone } from "../../phone";
import { useDesk } from "../desk/PhoneProvider";
import { SHORTCUTS, useShortcuts } from "../desk/shortcuts";
import { type Mode, supervision } from "./requests";

const REGISTERED_MILLISECONDS_MAX = 15_000;
const MODES: readonly { mode: Mode; icon: typeof Ear }[] = [
  { mode: "listen", icon: Ear }, { mode: "whisper", icon: MessageCircle }, { mode: "barge", icon: UserPlus },
];
const HEARD = new Set(["in_conversation", "on_hold"]);

/** Hear a conversation with one's own phone, which answers by itself; whisper, join, take over, and leave. */
export function Hear({ contact: id }: { contact: string }) {
  const { say } = useWords();
  const may = useMay();
  const desk = useDesk();
  const me = useLiveAgent(desk?.agent ?? null);
  const contact = useLiveContact(id);
  const mine = contact?.parts.find(({ agent }) => agent !== null && agent === desk?.agent) ?? null;
  const commands = useMemo(() => supervision(desk?.agent ?? ""), [desk?.agent]);
  const hear = useMutation({
    mutationFn: async (mode: Mode) => {
      if (desk === null) return;
      if (mine === null) {
        if (me === null || me.presence === "signed_out") await desk.startShift();
        await registered(desk.phone);
        desk.phone.answer(); // before it rings: one click is enough
      }
      await commands.hear(id, mode);
    },
  });
  const leave = useMutation({ mutationFn: () => commands.leave(id) });
  const takeOver = useMutation({ mutationFn: () => commands.takeOver(id) });
  const canBegin = desk !== null && contact !== null && HEARD.has(contact.state) && mine?.part !== "lead";
  const isWith = mine !== null && mine.part !== "lead";
  const choose = (mode: Mode) => (canBegin && mine?.part !== mode ? () => hear.mutate(mode) : undefined);
  const take = isWith && mine.state !== "offered" && mine.state !== "connecting" ? () => takeOver.mutate() : undefined;
  const keys = { listen: choose("listen"), whisper: choose("whisper"), barge: choose("barge"), take_over: take };
  useShortcuts(keys);
  useActions("hear", useMemo(
    () => Object.entries(keys).flatMap(([name, run]) => run === undefined ? [] : [{
      id: `hear.${name}`, label: say(`hear.${name as keyof typeof keys}`), keys: SHORTCUTS[name as keyof typeof keys].shown, run,
    }]),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- what can be done says which actions there are
    [canBegin, mine?.part, mine?.state, id, say],
  ));
  if (!may("conversations.supervise")) return null;
  if (desk === null) return <Text size="sm" className="quiet">{say("hear.no_seat")}</Text>;
  return (
    <Stack gap="xs">
      <Group gap="xs">
        {MODES.map(({ mode, icon: Icon }) => (
          <Button
            key={mode} size="xs" variant={mine?.part === mode ? "filled" : "default"} aria-pressed={mine?.part === mode}
            leftSection={<Icon size={14} aria-hidden />} rightSection={<kbd className="key">{SHORTCUTS[mode].shown}</kbd>}
            disabled={!canBegin} loading={hear.isPending && hear.variables === mode} onClick={() => choose(mode)?.()}
          >
            {say(`hear.${mode}`)}
          </Button>
        ))}
        {isWith && (
          <>
            <Button size="xs" variant="default" leftSection={<PhoneForwarded size={14} aria-hidden />} disabled={take === undefined} rightSection={<kbd className="key">{SHORTCUTS.take_over.shown}</kbd>} onClick={() => take?.()}>
              {say("hear.take_over")}
            </Button>
            <Button size="xs" variant="subtle" onClick={() => leave.mutate()}>{say("hear.leave")}</Button>
          </>
        )}
      </Group>
      {isWith && <Text size="sm" className="quiet" role="status">{say(`hear.now.${mine.part as Mode}`)}</Text>}
    </Stack>
  );
}

/** Resolves when the phone can ring, or when that has taken too long: then the floor says what is wrong. */
function registered(phone: Phone): Promise<void> {
  return new Promise((resolve) => {
    if (phone.state().line === "ready") {
      resolve();
      return;
    }
    const done = () => {
      clearTimeout(timer);
      stop();
      resolve();
    };
    const stop = phone.subscribe(() => {
      if (phone.state().line === "ready") done();
    });
    const timer = setTimeout(done, REGISTERED_MILLISECONDS_MAX);
  });
}
