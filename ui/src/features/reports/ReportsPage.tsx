import { Button, Group, Skeleton, Text, Title } from "@mantine/core";
import { Plus } from "lucide-react";
import { useMemo } from "react";
import { useSearchParams } from "react-router";
import { useActions } from "../../app/actions";
import { useMay } from "../../app/session";
import { useWords } from "../../app/words";
import { Failure } from "../../components/Failure";
import { OneReport } from "./OneReport";
import { ProposeForm } from "./ProposeForm";
import styles from "./ReportsPage.module.css";
import { useReports } from "./requests";

const NEW = "+";

/** Reports that both sides agreed on, or are asked to: their terms, their signatures, what was delivered. */
export function Component() {
  const { say, intl } = useWords();
  const { data: reports, error, refetch } = useReports();
  const [search, setSearch] = useSearchParams();
  const chosen = reports?.find((one) => one.report === search.get("report")) ?? reports?.[0];
  const mayAgree = useMay()("reports.agree");
  const isNew = mayAgree && search.get("open") === NEW;
  const version = mayAgree && !isNew ? chosen?.versions.find((one) => String(one.version) === search.get("open")) : undefined;
  useActions("reports", useMemo(() => (mayAgree ? [{ id: "reports.new", label: say("reports.new"), run: () => setSearch({ open: NEW }) }] : []), [mayAgree, say, setSearch]));
  const begin = mayAgree && !isNew && <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setSearch({ open: NEW })}>{say("reports.new")}</Button>;
  const show = (report: string | undefined) => setSearch(report === undefined ? {} : { report }, { replace: true });
  const other = (one: { version: number }) => setSearch({ report: chosen?.report ?? "", open: String(one.version) });
  return (
    <div className={styles["page"]}>
      <Group justify="space-between">
        <Title order={1}>{say("nav.reports")}</Title>
        {begin}
      </Group>
      {error !== null && <Failure error={error} retry={() => void refetch()} />}
      {reports === undefined && error === null && <Skeleton height={160} />}
      {isNew && reports?.length === 0 && <ProposeForm report={null} from={null} close={() => show(undefined)} done={show} />}
      {!isNew && reports?.length === 0 && <div className="panel"><Text p="xl">{say("reports.empty")}</Text></div>}
      {chosen !== undefined && (
        <div className={styles["split"]}>
          <nav className={`panel ${styles["choices"] ?? ""}`} aria-label={say("nav.reports")}>
            {reports?.map((one) => (
              <button key={one.report} type="button" aria-current={!isNew && one === chosen} onClick={() => setSearch({ report: one.report }, { replace: true })}>
                <bdi>{one.name}</bdi>
                <Text span size="xs">{say(`reports.state.${one.state}`)}</Text>
                {one.next_due_at !== null && <Text span size="xs">{say("reports.next", { when: intl.formatDate(one.next_due_at, { dateStyle: "medium", timeStyle: "short" }) })}</Text>}
              </button>
            ))}
          </nav>
          {isNew ? <ProposeForm key={NEW} report={null} from={null} close={() => show(chosen.report)} done={show} />
            : version !== undefined ? <ProposeForm key={chosen.report} report={chosen.report} from={version.terms} close={() => show(chosen.report)} done={show} />
              : <OneReport key={chosen.report} report={chosen} other={mayAgree ? other : null} />}
        </div>
      )}
    </div>
  );
}
