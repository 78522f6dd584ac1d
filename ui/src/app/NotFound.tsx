import { Button, Center, Stack, Text, Title } from "@mantine/core";
import { Link } from "react-router";
import { useWords } from "./words";

/** An address that leads nowhere, or to what is not this person's: the same words for both. */
export function NotFound() {
  const { say } = useWords();
  return (
    <Center p="xl">
      <Stack className="panel" p="xl" maw={480}>
        <Title order={1}>{say("nowhere.title")}</Title>
        <Text>{say("nowhere.text")}</Text>
        <Button component={Link} to="/">{say("nowhere.home")}</Button>
      </Stack>
    </Center>
  );
}
