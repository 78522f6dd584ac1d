import { Button, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useWords } from "../../app/words";
import { Failure } from "../../components/Failure";
import styles from "./AccountPage.module.css";
import { Part } from "./Part";
import { endOtherSessions, endSession, ownSessions } from "./requests";

const KEY = ["own-sessions"];

export function Sessions() {
  const { say, intl } = useWords();
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery({ queryKey: KEY, queryFn: ownSessions });
  const again = () => queries.invalidateQueries({ queryKey: KEY });
  const ending = useMutation({ mutationFn: endSession, onSuccess: again });
  const endingOthers = useMutation({ mutationFn: endOtherSessions, onSuccess: again });
  return (
    <Part title={say("sessions.title")} text={say("sessions.text")}>
      {error !== null && <Failure error={error} retry={() => void refetch()} />}
      {data === undefined ? error === null && <Skeleton height={48} /> : (
        <ul className={styles["sessions"]}>
          {data.map((one) => (
            <li key={one.id}>
              <span>
                <bdi dir="ltr" className="cut">{one.browser}</bdi><br />
                <span className="quiet">
                  <bdi dir="ltr">{one.address}</bdi> · {one.is_this ? say("sessions.this") : intl.formatDate(one.seen_at, { dateStyle: "medium", timeStyle: "short" })}
                </span>
              </span>
              {!one.is_this && <Button variant="default" size="compact-md" onClick={() => ending.mutate(one.id)}>{say("shell.sign_out")}</Button>}
            </li>
          ))}
        </ul>
      )}
      {(data?.length ?? 0) > 1 && (
        <div><Button variant="default" loading={endingOthers.isPending} onClick={() => endingOthers.mutate()}>{say("sessions.end_others")}</Button></div>
      )}
    </Part>
  );
}
