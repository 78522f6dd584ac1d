import { Skeleton, Text, Title } from "@mantine/core";
import { useSearchParams } from "react-router";
import { useWords } from "../../app/words";
import { Failure } from "../../components/Failure";
import { OneReport } from "./OneReport";
import styles from "./ReportsPage.module.css";
import { useReports } from "./requests";

/** Reports that both sides agreed on, or are asked to: their terms, their signatures, what was delivered. */
export function Component() {
  const { say, intl } = useWords();
  const { data: reports, error, refetch } = useReports();
  const [search, setSearch] = useSearchParams();
  const chosen = reports?.find((one) => one.report === search.get("report")) ?? reports?.[0];
  return (
    <div className={styles["page"]}>
      <Title order={1}>{say("nav.reports")}</Title>
      {error !== null && <Failure error={error} retry={() => void refetch()} />}
      {reports === undefined && error === null && <Skeleton height={160} />}
      {reports?.length === 0 && <div className="panel"><Text p="xl">{say("reports.empty")}</Text></div>}
      {chosen !== undefined && (
        <div className={styles["split"]}>
          <nav className={`panel ${styles["choices"] ?? ""}`} aria-label={say("nav.reports")}>
            {reports?.map((one) => (
              <button key={one.report} type="button" aria-current={one === chosen} onClick={() => setSearch({ report: one.report }, { replace: true })}>
                <bdi>{one.name}</bdi>
                <Text span size="xs">{say(`reports.state.${one.state}`)}</Text>
                {one.next_due_at !== null && <Text span size="xs">{say("reports.next", { when: intl.formatDate(one.next_due_at, { dateStyle: "medium", timeStyle: "short" }) })}</Text>}
              </button>
            ))}
          </nav>
          <OneReport key={chosen.report} report={chosen} />
        </div>
      )}
    </div>
  );
}
