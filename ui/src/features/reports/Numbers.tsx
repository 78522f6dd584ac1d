import { Button, Popover, Stack, Text, UnstyledButton } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { useWords } from "../../app/words";
import { Duration } from "../../components/Duration";
import { Failure } from "../../components/Failure";
import { useNaming } from "../listening/requests";
import { type Figure, useTold } from "./figures";
import styles from "./ReportsPage.module.css";
import { type Cell, type Delivery, useBehind } from "./requests";

type Value = number | null | undefined;

type Row = Delivery["rows"][number];

interface TableGiven {
  figures: readonly Figure[];
  rows: readonly Row[];
  group: string | null;
  zone: string;
  label: string;
  /** What stands in a cell; absent: the number alone. */
  cell?: (row: Row, figure: Figure, place: number) => ReactNode;
}

/** Rows of figures, an interval and a key each. */
export function Table({ figures, rows, group, zone, label, cell }: TableGiven) {
  const { say, intl } = useWords();
  const naming = useNaming();
  const told = useTold();
  const named = (key: string | null) => (key === null ? say("reports.all") : group === "queue" ? naming("queues", key) : group === "project" ? naming("projects", key) : key);
  return (
    <div className={styles["numbers"]} tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            <th scope="col">{say("reports.interval")}</th>
            <th scope="col">{say("reports.of")}</th>
            {figures.map((figure, place) => <th key={`${place} ${figure.column}`} scope="col"><bdi dir="auto">{told(figure).title}</bdi></th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.began_at ?? ""} ${row.key ?? ""}`}>
              <th scope="row">{row.began_at === null ? say("reports.whole") : intl.formatDate(row.began_at, { dateStyle: "short", timeStyle: "short", timeZone: zone })}</th>
              <td><bdi>{named(row.key)}</bdi></td>
              {figures.map((figure, place) => <td key={`${place} ${figure.column}`}>{cell?.(row, figure, place) ?? <Shown value={row.values[place]} unit={figure.unit} />}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The delivered rows; where `before` is there, what was delivered first stands struck out beside what differs. */
export function Numbers({ report, delivery, before }: { report: string; delivery: Delivery; before: Delivery | null }) {
  const { say } = useWords();
  const cell = (row: Row, figure: Figure, place: number) => {
    const first = before?.rows.find((one) => one.began_at === row.began_at && one.key === row.key);
    const at = { report, period_began: delivery.period_began, n: delivery.n, figure: place, began_at: row.began_at, key: row.key };
    return (
      <>
        {before !== null && first?.values[place] !== row.values[place] && <><del><Shown value={first?.values[place]} unit={figure.unit} /></del> </>}
        <Explained cell={at} figure={figure} value={row.values[place]} />
      </>
    );
  };
  return <Table figures={delivery.figures} rows={delivery.rows} group={delivery.group} zone={delivery.zone} label={say("reports.numbers")} cell={cell} />;
}

function Shown({ value, unit }: { value: Value; unit: string }) {
  const { intl } = useWords();
  if (value === null || value === undefined) return "—";
  if (unit === "seconds") return <Duration seconds={value} />;
  return unit === "share" ? intl.formatNumber(value, { style: "percent", maximumFractionDigits: 1 }) : intl.formatNumber(value, { maximumFractionDigits: 3 });
}

/** A number that says how it was counted, and which contacts it counts. */
function Explained({ cell, figure, value }: { cell: Cell; figure: Figure; value: Value }) {
  const { say } = useWords();
  const [isOpen, setOpen] = useState(false);
  const [isWanted, setWanted] = useState(false);
  const behind = useBehind(cell, isWanted);
  const told = useTold()(figure);
  return (
    <Popover opened={isOpen} onChange={setOpen} width={320} trapFocus returnFocus withinPortal>
      <Popover.Target>
        <UnstyledButton onClick={() => setOpen(!isOpen)}><Shown value={value} unit={figure.unit} /></UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={told.title}>
        <Stack gap="sm">
          <Text fw={600} dir="auto">{told.column}</Text>
          <Text size="sm" dir="auto">{told.words.join(" ")}</Text>
          <Text size="xs">{say("reports.version", { version: figure.version })}</Text>
          {behind.error !== null && <Failure error={behind.error} retry={() => void behind.refetch()} />}
          {behind.data === undefined ? <Button size="xs" variant="default" loading={behind.isFetching} onClick={() => setWanted(true)}>{say("reports.contacts")}</Button> : (
            <ul className={styles["contacts"]} aria-label={say("reports.contacts")}>
              {behind.data.contacts.map((id) => <li key={id}><Link to={`/contacts?open=${encodeURIComponent(id)}`}><bdi dir="ltr">{id}</bdi></Link></li>)}
              {behind.data.contacts.length === 0 && <li>{say("reports.no_contacts")}</li>}
              {!behind.data.is_all && <li>{say("reports.more_contacts")}</li>}
            </ul>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
