import { Phone, PhoneOff } from "lucide-react";
import { useWords } from "../../app/words";
import { Since } from "../../components/Duration";
import { StateMark } from "../../components/StateMark";
import type { Call } from "../../phone";
import type { useDesk } from "./PhoneProvider";
import { PhoneTrouble } from "./PhoneTrouble";
import { QualityBars } from "./QualityBars";
import { useEnter, useShortcuts } from "./shortcuts";
import styles from "./SoftphoneBar.module.css";
import { Tool } from "./Tool";

/** The phone rings or talks without a contact: the echo before the shift. */
export function SoundCheck({ call, desk }: { call: Call; desk: NonNullable<ReturnType<typeof useDesk>> }) {
  const { say } = useWords();
  const isRinging = call.state === "ringing";
  const accept = () => desk.phone.answer();
  const hangUp = () => desk.phone.hangUp();
  useEnter(isRinging ? accept : null);
  useShortcuts({ accept: isRinging ? accept : undefined, hang_up: hangUp });
  return (
    <>
      <StateMark state={isRinging ? "offered" : "in_conversation"} size={20} />
      <div className={styles["who"]} data-testid="sound-check">
        <b className="cut">{say("idle.test")}</b>
        <small><Since moment={call.since} /></small>
      </div>
      <QualityBars />
      <PhoneTrouble desk={desk} onShift />
      <div className={styles["buttons"]}>
        {isRinging && <Tool icon={Phone} label={say("offer.accept")} shortcut="accept" kind="main" run={accept} />}
        <Tool icon={PhoneOff} label={say("call.hang_up")} shortcut="hang_up" kind="end" run={hangUp} />
      </div>
    </>
  );
}
