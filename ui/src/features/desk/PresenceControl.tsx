import { Button, Menu, UnstyledButton } from "@mantine/core";
import { ChevronDown } from "lucide-react";
import { useMemo } from "react";
import { useActions } from "../../app/actions";
import { shownState } from "../../app/states";
import { useWords } from "../../app/words";
import { Since } from "../../components/Duration";
import { showFailure } from "../../components/FailureToast";
import { StateMark } from "../../components/StateMark";
import type { AgentValue } from "../../live/values";
import { useNotReadyReasons, useReasonShown } from "./notReady";
import type { useDesk } from "./PhoneProvider";
import { SHORTCUTS, useShortcuts } from "./shortcuts";
import styles from "./SoftphoneBar.module.css";

/** Ready or not, since when, why not; and the one thing to do next. */
export function PresenceControl({ live, desk }: { live: AgentValue | null; desk: NonNullable<ReturnType<typeof useDesk>> }) {
  const { say } = useWords();
  const { commands } = desk;
  const reasons = useNotReadyReasons();
  const reason = useReasonShown(live?.reason ?? null);
  const presence = live?.presence ?? "signed_out";
  const state = shownState(live?.state ?? presence);
  const ready = () => void desk.goReady();
  const notReady = (why: string) => void commands.notReady(why).catch(showFailure);
  const first = reasons[0]?.id ?? "break";
  const start = () => void desk.startShift();
  const toggle = presence === "signed_out" ? start : presence === "ready" ? () => notReady(first) : ready;
  useShortcuts({ ready: toggle });
  const toggleLabel = say(presence === "signed_out" ? "presence.start" : presence === "ready" ? "presence.not_ready" : "presence.ready");
  useActions("presence", useMemo(
    () => [{ id: "presence", label: toggleLabel, keys: SHORTCUTS.ready.shown, run: toggle }],
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the label says which of the three it is
    [toggleLabel],
  ));

  if (presence === "signed_out") {
    return (
      <Button onClick={start} rightSection={<kbd className="key">{SHORTCUTS.ready.shown}</kbd>}>{say("presence.start")}</Button>
    );
  }
  return (
    <div className={styles["presence"]}>
      <Menu position="bottom-start" width={240}>
        <Menu.Target>
          <UnstyledButton className={styles["state"] ?? ""} data-testid="presence">
            <StateMark state={state} size={16} />
            <span>
              <b>{say(`state.${state}`)}</b>
              <small>
                {live !== null && <Since moment={live.since} />}
                {presence === "not_ready" && reason !== "" && <> · <bdi>{reason}</bdi></>}
                {live?.note != null && <> · <bdi title={live.note} data-testid="note">{live.note}</bdi></>}
              </small>
            </span>
            <ChevronDown size={16} aria-hidden />
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<StateMark state="ready" />} disabled={presence === "ready"} onClick={ready}>{say("presence.ready")}</Menu.Item>
          <Menu.Divider />
          <Menu.Label>{say("presence.not_ready_because")}</Menu.Label>
          {reasons.map(({ id, name }) => (
            <Menu.Item key={id} leftSection={<StateMark state="not_ready" />} onClick={() => notReady(id)}><bdi>{name}</bdi></Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<StateMark state="signed_out" />} onClick={() => void desk.endShift()}>{say("presence.end")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {presence === "not_ready" && (
        <Button onClick={ready} rightSection={<kbd className="key">{SHORTCUTS.ready.shown}</kbd>}>{say("presence.ready")}</Button>
      )}
    </div>
  );
}
