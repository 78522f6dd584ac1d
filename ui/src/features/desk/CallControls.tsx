import { Popover } from "@mantine/core";
import { ArrowRightLeft, CircleDot, CirclePause, Grid3x3, Mic, MicOff, Pause, PhoneOff, Play, Undo2, UserPlus, UserX } from "lucide-react";
import { useMemo, useState } from "react";
import { useActions } from "../../app/actions";
import { useWords } from "../../app/words";
import { Since } from "../../components/Duration";
import { showFailure } from "../../components/FailureToast";
import { StateMark } from "../../components/StateMark";
import { useLiveContact } from "../../live/live";
import type { ContactValue, InHand } from "../../live/values";
import { Keypad } from "./Keypad";
import { useNameOf } from "./names";
import { type useDesk, useIsHere, usePhone } from "./PhoneProvider";
import { PhoneTrouble } from "./PhoneTrouble";
import { QualityBars } from "./QualityBars";
import { SHORTCUTS, useShortcuts } from "./shortcuts";
import styles from "./SoftphoneBar.module.css";
import { Tool } from "./Tool";
import { TransferPicker } from "./TransferPicker";

type DeskHere = NonNullable<ReturnType<typeof useDesk>>;

/** Somebody else in the conversation: asked while the customer hears music, or joined. */
function othersIn(contact: ContactValue | null): "asked" | "joined" | null {
  if (contact === null) return null;
  const party = contact.party?.state;
  if (party === "dialled" || party === "consulting" || contact.parts.some(({ part }) => part === "consulted")) return "asked";
  if (party === "joined" || contact.parts.some(({ part }) => part === "joined")) return "joined";
  return null;
}

/** The conversation in hand: with whom, how long, and everything that can be done with it. */
export function CallControls({ hand, desk }: { hand: InHand; desk: DeskHere }) {
  const { say } = useWords();
  const phone = usePhone();
  const contact = useLiveContact(hand.contact);
  const queue = useNameOf("queues", hand.queue);
  const [open, setOpen] = useState<"keypad" | "transfer" | null>(null);
  const { commands } = desk;
  const isHeld = phone.call?.state === "held" || hand.state === "on_hold";
  const isMuted = phone.call?.muted ?? false;
  const isPaused = contact?.recording === "paused";
  const others = othersIn(contact);
  const leads = hand.part === "lead";
  const run = (command: (id: string) => Promise<unknown>) => () => void command(hand.contact).catch(showFailure);

  const hold = () => (isHeld ? desk.phone.resume() : desk.phone.hold());
  const mute = () => desk.phone.mute(!isMuted);
  const recording = run(isPaused ? commands.resumeRecording : commands.pauseRecording);
  const hangUp = () => desk.phone.hangUp();
  const canRecord = contact?.recording != null;
  const isHere = useIsHere();
  useShortcuts({
    ...(isHere ? { hold, mute, hang_up: hangUp, keypad: () => setOpen((before) => (before === "keypad" ? null : "keypad")) } : {}),
    transfer: leads && others === null ? () => setOpen((before) => (before === "transfer" ? null : "transfer")) : undefined,
    recording: canRecord ? recording : undefined,
  });
  const labels = {
    hold: say(isHeld ? "call.resume" : "call.hold"),
    mute: say(isMuted ? "call.unmute" : "call.mute"),
    recording: say(isPaused ? "call.record" : "call.pause_recording"),
  };
  useActions("call", useMemo(
    () => !isHere ? [] : [
      { id: "hold", label: labels.hold, keys: SHORTCUTS.hold.shown, run: hold },
      { id: "mute", label: labels.mute, keys: SHORTCUTS.mute.shown, run: mute },
      { id: "hang_up", label: say("call.hang_up"), keys: SHORTCUTS.hang_up.shown, run: hangUp },
    ],
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the labels change with what the actions do
    [isHere, labels.hold, labels.mute, say],
  ));

  return (
    <>
      <StateMark state="in_conversation" size={20} />
      <div className={styles["who"]} data-testid="call">
        <b className="cut">
          {contact?.customer.name != null && <><bdi>{contact.customer.name}</bdi> · </>}
          <bdi dir="ltr">{contact?.customer.number ?? ""}</bdi>
        </b>
        <small className="cut">
          <Since moment={hand.since} /> · {isHeld ? say("call.held") : hand.state === "connecting" ? say("call.connecting") : <bdi>{queue}</bdi>}
        </small>
      </div>
      <QualityBars />
      <PhoneTrouble desk={desk} onShift />
      <div className={styles["buttons"]}>
        <Tool icon={isMuted ? MicOff : Mic} label={labels.mute} shortcut="mute" pressed={isMuted} disabled={!isHere} run={mute} />
        {others !== "asked" && <Tool icon={isHeld ? Play : Pause} label={labels.hold} shortcut="hold" pressed={isHeld} disabled={!isHere} run={hold} />}
        <Popover withRoles={false} opened={open === "keypad"} onChange={(now) => setOpen(now ? "keypad" : null)} trapFocus position="bottom">
          <Popover.Target>
            <Tool icon={Grid3x3} label={say("call.keypad")} shortcut="keypad" pressed={open === "keypad"} disabled={!isHere} run={() => setOpen(open === "keypad" ? null : "keypad")} />
          </Popover.Target>
          <Popover.Dropdown role="dialog" aria-label={say("call.keypad")}><Keypad press={(key) => desk.phone.press(key)} /></Popover.Dropdown>
        </Popover>
        {canRecord && (
          <Tool icon={isPaused ? CircleDot : CirclePause} label={labels.recording} shortcut="recording" pressed={isPaused} run={recording} />
        )}
        {leads && others === null && (
          <Popover withRoles={false} opened={open === "transfer"} onChange={(now) => setOpen(now ? "transfer" : null)} trapFocus position="bottom-end" width={420}>
            <Popover.Target>
              <Tool icon={ArrowRightLeft} label={say("call.transfer")} shortcut="transfer" pressed={open === "transfer"} run={() => setOpen(open === "transfer" ? null : "transfer")} />
            </Popover.Target>
            <Popover.Dropdown role="dialog" aria-label={say("call.transfer")}><TransferPicker contact={hand.contact} desk={desk} done={() => setOpen(null)} /></Popover.Dropdown>
          </Popover>
        )}
        {leads && others !== null && (
          <>
            {others === "asked" && <Tool icon={Undo2} label={say("call.back")} run={run(commands.cancelConsult)} />}
            {others === "asked" && <Tool icon={UserPlus} label={say("call.conference")} run={run(commands.conference)} />}
            {others === "joined" && contact?.party != null && <Tool icon={UserX} label={say("call.release")} run={run(commands.releaseParty)} />}
            <Tool icon={ArrowRightLeft} label={say("call.complete")} kind="main" run={run(commands.completeTransfer)} />
          </>
        )}
        <Tool icon={PhoneOff} label={say("call.hang_up")} shortcut="hang_up" kind="end" disabled={!isHere} run={hangUp} />
      </div>
    </>
  );
}
