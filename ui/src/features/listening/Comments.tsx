import { ActionIcon, Anchor, Button, Text, Textarea } from "@mantine/core";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useWords } from "../../app/words";
import { Duration } from "../../components/Duration";
import { written } from "../../components/durations";
import styles from "./Player.module.css";
import { type Comment, useCommenting } from "./requests";

const CHARACTERS_MAX = 2_000;

/** What both sides said of which moment; the moment leads there. */
export function Comments({ recording, comments, at, seek }: { recording: string; comments: readonly Comment[] | undefined; at: number; seek: (seconds: number) => void }) {
  const { say, intl } = useWords();
  const [text, setText] = useState("");
  const { write, remove } = useCommenting(recording);
  const send = () => write.mutate({ at_seconds: Math.round(at * 10) / 10, text: text.trim() }, { onSuccess: () => setText("") });
  return (
    <div>
      {comments !== undefined && comments.length > 0 && (
        <ul className={styles["comments"]} aria-label={say("comment.title")}>
          {comments.map((one) => (
            <li key={one.id}>
              <Anchor component="button" type="button" size="sm" onClick={() => seek(one.at_seconds)}><Duration seconds={one.at_seconds} /></Anchor>
              <div>
                <p><bdi>{one.text}</bdi></p>
                <Text size="xs" className="quiet"><bdi>{one.written_by}</bdi>, {intl.formatDate(one.written_at, { dateStyle: "medium", timeStyle: "short" })}</Text>
              </div>
              {one.is_mine && (
                <ActionIcon variant="subtle" color="gray" size={24} aria-label={say("comment.remove")} title={say("comment.remove")} loading={remove.isPending && remove.variables === one.id} onClick={() => remove.mutate(one.id)}>
                  <Trash2 size={14} aria-hidden />
                </ActionIcon>
              )}
            </li>
          ))}
        </ul>
      )}
      <div className={styles["write"]}>
        <Textarea
          autosize minRows={1} maxRows={6} maxLength={CHARACTERS_MAX} value={text} aria-label={say("comment.text")} placeholder={say("comment.text")}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button variant="default" disabled={text.trim() === ""} loading={write.isPending} onClick={send}>{say("comment.write", { at: written(at, "clock", intl.locale) })}</Button>
      </div>
    </div>
  );
}
