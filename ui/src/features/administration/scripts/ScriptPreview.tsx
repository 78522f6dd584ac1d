import { Badge, Button, Checkbox, Group, NumberInput, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { Circle, CircleCheck, RotateCcw } from "lucide-react";
import { useState } from "react";
import { useWords } from "../../../app/words";
import { DateField } from "../../../components/DateFields";
import { type Ask, type Script, pieces } from "./graph";
import styles from "./ScriptPage.module.css";

/** The script as an agent meets it, to be walked through; variables stand as they are named, answers fill what follows. */
export function ScriptPreview({ script, choose }: { script: Script; choose: (name: string) => void }) {
  const { say } = useWords();
  const [way, setWay] = useState<string[]>([]);
  const [answers, setAnswers] = useState<Record<string, string>>({});
  const now = way.at(-1) ?? script.start;
  const step = script.steps[now] ?? script.steps[script.start];
  const go = (next: string) => { if (script.steps[next] !== undefined) { setWay([...way, next]); choose(next); } };
  const passed = new Set(way.length === 0 ? [] : [script.start, ...way.slice(0, -1)]);
  const required = Object.entries(script.steps).filter(([, one]) => one.type === "say" && one.required === true);
  return (
    <aside className={`panel ${styles["preview"] ?? ""}`} aria-label={say("scripting.preview")}>
      <Group justify="space-between">
        <Title order={2}>{say("scripting.preview")}</Title>
        <Button variant="subtle" size="compact-sm" leftSection={<RotateCcw size={14} aria-hidden />} disabled={way.length === 0} onClick={() => { setWay([]); setAnswers({}); choose(script.start); }}>{say("scripting.again")}</Button>
      </Group>
      {step !== undefined && (
        <Stack gap="md">
          <p className={styles["said"]} dir="auto"><Said text={step.text ?? say("scripting.the_end")} answers={answers} /></p>
          {step.type === "ask" && <Answer step={step} value={answers[step.field] ?? ""} put={(value) => setAnswers({ ...answers, [step.field]: value })} />}
          {step.type === "choose" && (
            <Stack gap="xs">{Object.entries(step.options).map(([option, next]) => <Button key={option} variant="default" justify="start" onClick={() => go(next)}><bdi>{option}</bdi></Button>)}</Stack>
          )}
          {(step.type === "say" || step.type === "ask") && <Button style={{ alignSelf: "start" }} onClick={() => go(step.next)}>{say("scripting.continue")}</Button>}
          {step.type === "end" && <Badge color="gray" variant="light">{say("scripting.kind.end")}</Badge>}
        </Stack>
      )}
      {required.length > 0 && (
        <Stack gap={4} mt="auto">
          <Text size="sm" className="quiet">{say("scripting.must_be_said")}</Text>
          <ul className={styles["ticks"]}>
            {required.map(([name, one]) => (
              <li key={name}>
                {passed.has(name) ? <CircleCheck size={16} color="var(--state-ready)" aria-label={say("scripting.said")} /> : <Circle size={16} aria-label={say("scripting.not_said")} />}
                <span dir="auto">{one.text}</span>
              </li>
            ))}
          </ul>
        </Stack>
      )}
    </aside>
  );
}

function Said({ text, answers }: { text: string; answers: Record<string, string> }) {
  return pieces(text).map((piece, n) => {
    if (!piece.variable) return <span key={n}>{piece.text}</span>;
    const answer = answers[piece.text];
    return <bdi key={n} className={styles["variable"]}>{answer === undefined || answer === "" ? piece.text : answer}</bdi>;
  });
}

function Answer({ step, value, put }: { step: Ask; value: string; put: (value: string) => void }) {
  const { say } = useWords();
  const common = { label: step.field, withAsterisk: step.required === true };
  switch (step.kind) {
    case "one_of":
      return <Select {...common} data={[...new Set(step.options ?? [])]} value={value === "" ? null : value} onChange={(to) => put(to ?? "")} />;
    case "yes_no":
      return <Checkbox label={`${step.field}: ${say("value.yes")}`} checked={value === say("value.yes")} onChange={(event) => put(say(event.currentTarget.checked ? "value.yes" : "value.no"))} />;
    case "number":
      return <NumberInput {...common} value={value} onChange={(to) => put(String(to))} />;
    case "date":
      return <DateField {...common} value={value} onChange={put} />;
    case "telephone":
    case "email":
      return <TextInput {...common} dir="ltr" value={value} onChange={(event) => put(event.currentTarget.value)} />;
    case "text":
    case undefined:
      return <TextInput {...common} value={value} onChange={(event) => put(event.currentTarget.value)} />;
  }
}
