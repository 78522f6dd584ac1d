import { Button, Group, Stack, Text } from "@mantine/core";
import { Link } from "react-router";
import { shownState } from "../../app/states";
import { useWords } from "../../app/words";
import { Since } from "../../components/Duration";
import { StateMark } from "../../components/StateMark";
import { useLiveContact } from "../../live/live";
import type { PartValue } from "../../live/values";
import { useNameOf } from "../desk/names";
import { SidePanel } from "../people/SidePanel";
import styles from "./FloorPage.module.css";
import { Hear } from "./Hear";

/** One contact: who, where, for how long, who takes part; to be heard while it talks. */
export function ContactDrawer({ id, close, onOpen }: { id: string; close: () => void; onOpen: (what: string) => void }) {
  const { say } = useWords();
  const contact = useLiveContact(id);
  const queue = useNameOf("queues", contact?.queue ?? null);
  const title = <bdi dir="ltr">{contact?.customer.name ?? contact?.customer.number ?? id}</bdi>;
  return (
    <SidePanel title={title} close={close}>
      <Stack gap="lg">
        {contact === null ? <Text>{say("floor.contact.gone")}</Text> : (
          <>
            <Group gap="xs"><bdi>{queue}</bdi><Since moment={contact.since} /><bdi dir="ltr" className="quiet">{contact.customer.number}</bdi></Group>
            {contact.parts.map((part) => <OnePart key={`${part.agent ?? ""} ${part.part}`} part={part} onOpen={onOpen} />)}
            {contact.channel === "voice" && contact.parts.length > 0 && <Hear contact={id} />}
          </>
        )}
        <Link className={styles["behind"] ?? ""} to={`/contacts?open=${encodeURIComponent(id)}`}>{say("floor.contact.story")}</Link>
      </Stack>
    </SidePanel>
  );
}

function OnePart({ part, onOpen }: { part: PartValue; onOpen: (what: string) => void }) {
  const name = useNameOf("agents", part.agent);
  return (
    <Group gap="xs">
      <StateMark state={shownState(part.state)} />
      <Button variant="subtle" size="compact-sm" color="gray" disabled={part.agent === null} onClick={() => onOpen(`agent:${part.agent ?? ""}`)}><bdi>{name}</bdi></Button>
      <Since moment={part.since} />
    </Group>
  );
}
