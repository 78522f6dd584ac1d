import { useDesk, usePhone } from "./PhoneProvider";
import { CallControls } from "./CallControls";
import { handOf } from "./desk";
import { OfferInBar } from "./OfferInBar";
import { PhoneTrouble } from "./PhoneTrouble";
import { PresenceControl } from "./PresenceControl";
import { useLiveAgent } from "../../live/live";
import { SoundCheck } from "./SoundCheck";
import styles from "./SoftphoneBar.module.css";

/** The agent's state and phone: the same place on every page, so that a hand finds it without looking. */
export function SoftphoneBar() {
  const desk = useDesk();
  const live = useLiveAgent(desk?.agent ?? null);
  const phone = usePhone();
  if (desk === null) return null;
  const hand = handOf(live);
  return (
    <div className={styles["bar"]}>
      <PresenceControl live={live} desk={desk} />
      <div className={styles["call"]}>
        {hand.talking !== null ? (
          <CallControls hand={hand.talking} desk={desk} />
        ) : hand.offer !== null ? (
          <OfferInBar offer={hand.offer} desk={desk} />
        ) : phone.call !== null ? (
          <SoundCheck call={phone.call} desk={desk} />
        ) : (
          <PhoneTrouble desk={desk} onShift={live !== null && live.presence !== "signed_out"} />
        )}
      </div>
    </div>
  );
}
