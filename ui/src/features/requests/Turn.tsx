import { useMe } from "../../app/session";
import { useWords } from "../../app/words";
import { StateMark } from "../../components/StateMark";
import type { Request } from "./requests";
import styles from "./RequestsPage.module.css";

/** The request's state in its shape, and whose turn it is. */
export function Turn({ request }: { request: Request }) {
  const { say } = useWords();
  const mine = useMe().client == null ? "centre" : "client";
  const mark = request.state === "escalated" ? "alarm" : request.turn === null ? "signed_out" : request.turn === mine ? "not_ready" : "offered";
  return (
    <span className={styles["turn"]}>
      <StateMark state={mark} />
      <span>{request.turn === null ? say(`requests.state.${request.state}`) : request.turn === mine ? say("requests.turn.mine") : say(`requests.turn.${request.turn}`)}</span>
      {request.turn !== null && request.state !== "asked" && <span className="quiet">{say(`requests.state.${request.state}`)}</span>}
    </span>
  );
}
