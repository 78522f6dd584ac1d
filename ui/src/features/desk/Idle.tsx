import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { Check } from "lucide-react";
import { useState } from "react";
import { shownState } from "../../app/states";
import { useWords } from "../../app/words";
import { showFailure } from "../../components/FailureToast";
import { StateMark } from "../../components/StateMark";
import type { AgentValue } from "../../live/values";
import styles from "./DeskPage.module.css";
import { Devices } from "./Devices";
import { type useDesk, usePhone } from "./PhoneProvider";
import { SHORTCUTS } from "./shortcuts";

/** Nothing in hand: says what will be here, and teaches the first call to whoever has just begun. */
export function Idle({ desk, live }: { desk: NonNullable<ReturnType<typeof useDesk>>; live: AgentValue | null }) {
  const { say, intl } = useWords();
  const { line } = usePhone();
  const presence = live?.presence ?? "signed_out";
  const [tested, setTested] = useState(false);
  const test = () => {
    desk.commands.testPhone().then(() => setTested(true), showFailure);
  };
  if (presence === "ready") {
    return (
      <Stack align="center" justify="center" h="100%" gap="md" ta="center">
        <StateMark state={shownState("ready")} size={32} />
        <Title order={2} id="now">{say("idle.ready")}</Title>
        <Text maw={440}>{say("idle.ready.text")}</Text>
        <Group gap="xl" className="quiet">
          <span><kbd className="key">Enter</kbd> {say("offer.accept")}</span>
          <span><kbd className="key">{SHORTCUTS.ready.shown}</kbd> {say("presence.not_ready")}</span>
          <span><kbd className="key">Ctrl K</kbd> {say("palette.open")}</span>
        </Group>
      </Stack>
    );
  }
  return (
    <Stack gap="lg" maw={560}>
      <Title order={2} id="now">{say(presence === "signed_out" ? "idle.begin" : "idle.not_ready")}</Title>
      <ol className={styles["steps"]}>
        <li>
          <span className={styles["step"]} aria-hidden>{presence === "signed_out" ? intl.formatNumber(1) : <Check size={16} />}</span>
          <Stack gap="sm">
            <Text fw={600}>{say("idle.shift")}</Text>
            <Text className="quiet">{say("idle.shift.text")}</Text>
            {presence === "signed_out" && <div><Button variant="default" onClick={() => void desk.startShift()}>{say("presence.start")}</Button></div>}
          </Stack>
        </li>
        <li>
          <span className={styles["step"]} aria-hidden>{intl.formatNumber(2)}</span>
          <Stack gap="sm">
            <Text fw={600}>{say("idle.test")}</Text>
            <Text className="quiet">{say(tested ? "idle.test.on" : "idle.test.text")}</Text>
            <Devices />
            <Group>
              <Button variant="default" disabled={line !== "ready"} onClick={test}>{say("idle.test.do")}</Button>
              {line !== "ready" && presence !== "signed_out" && <Text size="sm" className="quiet">{say("idle.test.wait")}</Text>}
            </Group>
          </Stack>
        </li>
        <li>
          <span className={styles["step"]} aria-hidden>{intl.formatNumber(3)}</span>
          <Stack gap="sm">
            <Text fw={600}>{say("idle.go")} <kbd className="key">{SHORTCUTS.ready.shown}</kbd></Text>
            <Text className="quiet">{say("idle.go.text")}</Text>
          </Stack>
        </li>
      </ol>
    </Stack>
  );
}
