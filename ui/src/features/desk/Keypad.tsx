import { Button, SimpleGrid } from "@mantine/core";
import { useState } from "react";
import { useWords } from "../../app/words";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"] as const;

/** The tones of a telephone; typed or clicked. It stays in the order of telephones in every language. */
export function Keypad({ press }: { press: (key: string) => void }) {
  const { say } = useWords();
  const [pressed, setPressed] = useState("");
  const send = (key: string) => {
    press(key);
    setPressed((before) => (before + key).slice(-20));
  };
  return (
    <div
      dir="ltr" role="group" aria-label={say("call.keypad")}
      onKeyDown={(event) => {
        if (KEYS.some((key) => key === event.key)) send(event.key);
      }}
    >
      <output aria-live="polite" style={{ display: "block", minHeight: 24, textAlign: "center" }}>{pressed}</output>
      <SimpleGrid cols={3} spacing="xs">
        {KEYS.map((key) => <Button key={key} variant="default" onClick={() => send(key)}>{key}</Button>)}
      </SimpleGrid>
    </div>
  );
}
