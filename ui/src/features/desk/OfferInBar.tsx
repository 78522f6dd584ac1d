import { Phone, PhoneOff } from "lucide-react";
import { useWords } from "../../app/words";
import { Since, Until } from "../../components/Duration";
import { StateMark } from "../../components/StateMark";
import { useLiveContact } from "../../live/live";
import type { InHand } from "../../live/values";
import { useNameOf } from "./names";
import { type useDesk, useIsHere } from "./PhoneProvider";
import { PhoneTrouble } from "./PhoneTrouble";
import { useEnter, useShortcuts } from "./shortcuts";
import styles from "./SoftphoneBar.module.css";
import { Tool } from "./Tool";
import { useWhy } from "./why";

/** A contact held out: who, why me, how long they have waited; Enter accepts. */
export function OfferInBar({ offer, desk }: { offer: InHand; desk: NonNullable<ReturnType<typeof useDesk>> }) {
  const { say } = useWords();
  const contact = useLiveContact(offer.contact);
  const queue = useNameOf("queues", offer.queue);
  const why = useWhy(offer.contact);
  const isHere = useIsHere();
  const accept = () => desk.phone.answer();
  useEnter(isHere ? accept : null);
  useShortcuts({ accept: isHere ? accept : undefined });
  return (
    <div className={styles["offer"]} role="alert" data-testid="offer">
      <StateMark state="offered" size={20} />
      <div className={styles["who"]}>
        <b className="cut">
          {contact?.customer.name != null && <><bdi>{contact.customer.name}</bdi> · </>}
          <bdi dir="ltr">{contact?.customer.number ?? say("offer.unknown")}</bdi>
        </b>
        <small className="cut"><bdi>{queue}</bdi></small>
      </div>
      <p className={styles["why"]}>
        {contact?.waiting_since != null && <>{say("offer.waited")} <b><Since moment={contact.waiting_since} /></b></>}
        {why !== null && <> · {why}</>}
      </p>
      <PhoneTrouble desk={desk} onShift />
      {offer.until !== null && <span className="quiet"><span className="unseen">{say("offer.until")}</span><Until moment={offer.until} /></span>}
      <div className={styles["buttons"]}>
        <Tool icon={PhoneOff} label={say("offer.refuse")} kind="end" disabled={!isHere} run={() => desk.phone.hangUp()} />
        <button type="button" className={styles["tool"]} data-kind="main" disabled={!isHere} onClick={accept} aria-keyshortcuts="Enter">
          <span><Phone size={16} aria-hidden /> {say("offer.accept")}</span>
          <kbd className="key">Enter</kbd>
        </button>
      </div>
    </div>
  );
}
