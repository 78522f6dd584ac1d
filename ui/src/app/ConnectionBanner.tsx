import { WifiOff } from "lucide-react";
import { useLiveFloor, useLiveState } from "../live/live";
import type { MessageId } from "../messages";
import styles from "./ConnectionBanner.module.css";
import { useWords } from "./words";

/** Says quietly that what is shown may be past, and that calls go on. Nothing is covered. */
export function ConnectionBanner() {
  const { say } = useWords();
  const lost = useLiveState((state) => state.connection === "lost");
  const stale = useLiveState((state) => state.stale);
  const floor = useLiveFloor();
  let told: MessageId | null = null;
  if (lost) told = "connection.lost";
  else if (stale || floor?.silent === true) told = "connection.stale";
  else if (floor !== null && floor.telephony !== "connected") told = "connection.telephony";
  return (
    <div role="status" className={styles["place"]}>
      {told !== null && (
        <p className={styles["banner"]}><WifiOff size={16} aria-hidden /> {say(told)}</p>
      )}
    </div>
  );
}
