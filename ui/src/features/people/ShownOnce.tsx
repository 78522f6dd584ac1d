import { Alert, Button, CopyButton, Group, Stack, Text, TextInput } from "@mantine/core";
import { Copy } from "lucide-react";
import { useWords } from "../../app/words";

/** A link or key that is never shown again, to be copied now. */
export function ShownOnce({ title, text, secret, done }: { title: string; text: string; secret: string; done: () => void }) {
  const { say } = useWords();
  return (
    <Alert color="petrol" title={title} role="status">
      <Stack gap="sm">
        <Text>{text}</Text>
        <TextInput readOnly dir="ltr" value={secret} aria-label={title} onFocus={(event) => event.currentTarget.select()} />
        <Group gap="sm">
          <CopyButton value={secret}>
            {({ copied, copy }) => <Button size="xs" leftSection={<Copy size={14} aria-hidden />} onClick={copy}>{say(copied ? "people.copied" : "people.copy")}</Button>}
          </CopyButton>
          <Button size="xs" variant="default" onClick={done}>{say("people.noted")}</Button>
        </Group>
      </Stack>
    </Alert>
  );
}
