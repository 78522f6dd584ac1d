import { Skeleton, Text, Title } from "@mantine/core";
import { Link } from "react-router";
import { useMay } from "../../app/session";
import { useWords } from "../../app/words";
import { Age } from "../requests/Age";
import { useRequests } from "../requests/requests";
import { Turn } from "../requests/Turn";
import styles from "./TodayPage.module.css";

const SHOWN_MAX = 4;

/** The oldest requests that wait for somebody. */
export function OpenRequests({ project }: { project: string | null }) {
  const { say } = useWords();
  const mayAct = useMay()("requests.act");
  const { data: requests, dataUpdatedAt } = useRequests("open", project);
  return (
    <section className={`panel ${styles["part"] ?? ""}`} aria-labelledby="today-requests">
      <Title order={2} id="today-requests">{say("today.requests")}</Title>
      {requests === undefined && <Skeleton height={48} />}
      {requests?.length === 0 && <Text className="quiet">{say("today.requests.none")}</Text>}
      <ul className={styles["list"]}>
        {requests?.slice(0, SHOWN_MAX).map((request) => (
          <li key={request.id}>
            <Link to={`/requests?open=${encodeURIComponent(request.id)}`} className="cut"><bdi>{request.words}</bdi></Link>
            <span className={styles["line"]}><Turn request={request} /> <span title={say("requests.age.turn.meaning")}><Age seconds={request.turn_seconds} answeredAt={dataUpdatedAt} /></span></span>
          </li>
        ))}
      </ul>
      <span className={styles["line"]}>
        <Link to="/requests">{say("today.requests.all")}</Link>
        {mayAct && <Link to="/requests?open=%2B">{say("requests.new")}</Link>}
      </span>
    </section>
  );
}
