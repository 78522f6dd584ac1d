import { Button, Group, Text, TextInput } from "@mantine/core";
import { Dices } from "lucide-react";
import { useState } from "react";
import { useWords } from "../../app/words";
import styles from "./ListenPage.module.css";
import { useSampleChange } from "./requests";

const HALF_BYTES = 32;

/** The client's half of the seed, given once: what the browser drew by chance, or whatever the client types instead. */
export function DrawIt({ project, day, may }: { project: string; day: string; may: boolean }) {
  const { say } = useWords();
  const [half, setHalf] = useState(byChance);
  const { give } = useSampleChange(project);
  if (!may) return <div className={`panel ${styles["part"] ?? ""}`}><Text>{say("draw.waits")}</Text></div>;
  return (
    <form className={`panel ${styles["part"] ?? ""}`} onSubmit={(event) => { event.preventDefault(); give.mutate({ day, half }); }}>
      <Text>{say("draw.text")}</Text>
      <TextInput
        label={say("draw.half")} description={say("draw.half.hint")} value={half} dir="ltr" required maxLength={200} pattern="[ -~]+"
        onChange={(event) => setHalf(event.currentTarget.value)}
      />
      <Group gap="sm">
        <Button type="submit" leftSection={<Dices size={16} aria-hidden />} loading={give.isPending} disabled={half === ""}>{say("draw.do")}</Button>
        <Button variant="default" onClick={() => setHalf(byChance())}>{say("draw.again")}</Button>
      </Group>
    </form>
  );
}

function byChance(): string {
  return [...crypto.getRandomValues(new Uint8Array(HALF_BYTES))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
