import { Button } from "@mantine/core";
import { useWords } from "../../app/words";
import { StateMark } from "../../components/StateMark";
import type { MessageId } from "../../messages";
import { useDesk, usePhone } from "./PhoneProvider";
import styles from "./SoftphoneBar.module.css";

/** What keeps the phone from working, in clear words, and what to do. Nothing is shown while all is well. */
export function PhoneTrouble({ desk, onShift }: { desk: NonNullable<ReturnType<typeof useDesk>>; onShift: boolean }) {
  const { say } = useWords();
  const { line, trouble } = usePhone();
  let told: MessageId | null = null;
  if (trouble !== null) told = `trouble.${trouble}`;
  else if (onShift && !desk.hasPhone) told = "line.other_tab";
  else if (line === "connecting" || line === "lost" || line === "elsewhere") told = `line.${line}`;
  if (told === null) return null;
  return (
    <p className={styles["trouble"]} role="status">
      <StateMark state={trouble === null ? "not_ready" : "alarm"} size={16} />
      <span>{say(told)}</span>
      {line === "elsewhere" && <Button size="compact-sm" variant="default" onClick={() => void desk.startShift()}>{say("line.take")}</Button>}
      {(trouble === "microphone_refused" || trouble === "microphone_missing") && (
        <Button size="compact-sm" variant="default" onClick={() => void desk.phone.prepare()}>{say("trouble.again")}</Button>
      )}
    </p>
  );
}
