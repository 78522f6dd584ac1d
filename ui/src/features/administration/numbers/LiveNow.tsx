import { Anchor, Button, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { CircleCheck } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { useWords } from "../../../app/words";
import { useLiveQueue } from "../../../live/live";
import { type Document, SECTIONS, type Section } from "../contract";
import { nameIn } from "../entries/values";
import { useUndo } from "../organisation";
import type { Draft } from "./draft";
import type { Made } from "./making";

/** A number is live as soon as the floor has it: everything that was made for it, with a way to each, and a way back. */
export function LiveNow({ made, document, draft, again }: { made: Made; document: Document; draft: Draft; again: () => void }) {
  const { say } = useWords();
  const undo = useUndo();
  const [undone, setUndone] = useState(false);
  const isTaken = useLiveQueue(made.queue) !== null; // the floor takes over all of it at once
  const state = undone ? "live.undone" : isTaken ? "live.title" : "live.soon";
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  const back = async () => {
    for (const version of made.versions.toReversed()) await undo.mutateAsync(version);
    setUndone(true);
  };
  return (
    <Stack className="panel" p="xl" maw={640} gap="lg">
      <Group gap="md" wrap="nowrap" align="start">
        {state === "live.title" && <CircleCheck size={28} aria-hidden color="var(--state-ready)" style={{ flex: "none" }} />}
        {state === "live.soon" && <Loader size={28} aria-hidden style={{ flex: "none" }} />}
        <Stack gap={4}>
          <Title order={1} tabIndex={-1} ref={title}>{say(state, { number: `\u2066${made.number}\u2069` })}</Title>
          {state === "live.title" && <Text>{say("live.text")}</Text>}
        </Stack>
      </Group>
      {!undone && (
        <>
          <Made title={say("live.made")} places={made.everything} document={document} name={draft.name} />
          {made.touched.length > 0 && <Made title={say("live.changed")} places={made.touched} document={document} name={draft.name} />}
        </>
      )}
      <Group>
        <Button onClick={again}>{say(undone ? "live.begin" : "live.another")}</Button>
        {!undone && <Button variant="default" loading={undo.isPending} onClick={() => void back().catch(() => undefined)}>{say("saved.undo")}</Button>}
      </Group>
    </Stack>
  );
}

function Made({ title, places, document, name }: { title: string; places: readonly string[]; document: Document; name: string }) {
  const { say } = useWords();
  return (
    <Stack gap={4}>
      <Title order={2}>{title}</Title>
      <ul>
        {places.map((place) => {
          const { section, id } = parted(place);
          if (section === null) return null;
          const called = nameIn(document, section, id);
          const to = section === "scripts" ? `/administration/scripts/${encodeURIComponent(id)}` : `/administration/${section}?open=${encodeURIComponent(id)}`;
          return (
            <li key={place}>
              <Group gap="sm" py={4}>
                <Text span className="quiet" miw={120}>{say(`one.${section}`)}</Text>
                <Anchor component={Link} to={to}><bdi>{called === id && (section === "queues" || section === "projects" || section === "scripts") ? name : called}</bdi></Anchor>
              </Group>
            </li>
          );
        })}
      </ul>
    </Stack>
  );
}

function parted(place: string): { section: Section | null; id: string } {
  const dot = place.indexOf(".");
  const section = SECTIONS.find((one) => one === place.slice(0, dot)) ?? null;
  return { section, id: place.slice(dot + 1) };
}
