import { Button, Group, Stack, Textarea } from "@mantine/core";
import { useState } from "react";
import { useWords } from "../../app/words";
import { DateTimeField } from "../../components/DateFields";
import { Failure } from "../../components/Failure";
import { type Move, type RequestWithLog, useMove } from "./requests";

/** In the order in which they stand; the first that may be made is the one thing to do next. */
const ORDER: readonly Move[] = ["answer", "accept", "promise", "reopen", "say", "note", "take", "escalate", "withdraw"];
const WORDY: ReadonlySet<Move> = new Set(["answer", "reopen", "say", "note"]);

/** Everything that may be done with a request now; what needs words waits for them. Ctrl+Enter does the first. */
export function MoveForm({ request }: { request: RequestWithLog }) {
  const { say } = useWords();
  const [words, setWords] = useState("");
  const [until, setUntil] = useState("");
  const [promising, promise] = useState(false);
  const move = useMove(request.id);
  const moves = ORDER.filter((one) => request.moves.includes(one));
  const isReady = (one: Move) => !WORDY.has(one) || words.trim() !== "";
  const make = (one: Move) => {
    if (one === "promise" && !promising) {
      promise(true);
      return;
    }
    const said = words.trim() === "" ? null : words;
    move.mutate({ move: one, words: said, until: one === "promise" ? new Date(until).toISOString() : null }, {
      onSuccess: () => {
        setWords("");
        promise(false);
      },
    });
  };
  const first = moves[0];
  return (
    <Stack gap="sm">
      {move.error !== null && <Failure error={move.error} />}
      <Textarea
        label={say("requests.words")} autosize minRows={2} maxRows={8} maxLength={10_000} dir="auto" value={words} onChange={(event) => setWords(event.currentTarget.value)}
        onKeyDown={(event) => { if (event.key === "Enter" && event.ctrlKey && first !== undefined && isReady(first)) make(first); }}
      />
      {promising && moves.includes("promise") && (
        <DateTimeField label={say("requests.until")} value={until} onChange={setUntil} />
      )}
      <Group gap="xs">
        {moves.map((one) => (
          <Button
            key={one} size="xs" variant={one === first ? "filled" : "default"} loading={move.isPending && move.variables.move === one}
            disabled={!isReady(one) || (one === "promise" && promising && until === "")} onClick={() => make(one)}
          >
            {say(`requests.move.${one}`)}
          </Button>
        ))}
      </Group>
    </Stack>
  );
}
