import { Button, Stack } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { ReactNode } from "react";
import { useWords } from "../../../app/words";
import type { Edited } from "../contract";
import { useUndo } from "../organisation";

const SHOWN_MILLISECONDS = 15_000;

/** Tells what was done, and offers to undo it, beside the work. */
export function useSaved() {
  const { say } = useWords();
  const undo = useUndo();
  return (title: string, made: Edited, details?: ReactNode) => {
    const id = `change-${made.version}`;
    const back = async () => {
      notifications.hide(id);
      await undo.mutateAsync(made.version);
      notifications.show({ message: say("saved.undone"), color: "gray" });
    };
    notifications.show({
      id,
      title,
      autoClose: SHOWN_MILLISECONDS,
      withBorder: true,
      message: (
        <Stack gap="sm">
          {details}
          <Button variant="default" size="xs" style={{ alignSelf: "start" }} onClick={() => void back().catch(() => undefined)}>{say("saved.undo")}</Button>
        </Stack>
      ),
    });
  };
}
