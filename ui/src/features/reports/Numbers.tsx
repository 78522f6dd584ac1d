import { Button, Popover, Stack, Text, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { useWords } from "../../app/words";
import { Duration } from "../../components/Duration";
import { Failure } from "../../components/Failure";
import { useNaming } from "../listening/requests";
import styles from "./ReportsPage.module.css";
import { type Cell, type Delivery, type Figure, useBehind } from "./requests";

type Value = number | null | undefined;

/** The delivered rows; where `before` is there, what was delivered first stands struck out beside what differs. */
export function Numbers({ report, delivery, before }: { report: string; delivery: Delivery; before: Delivery | null }) {
  const { say, intl } = useWords();
  const naming = useNaming();
  const named = (key: string | null) => (key === null ? say("reports.all") : delivery.group === "queue" ? naming("queues", key) : delivery.group === "project" ? naming("projects", key) : key);
  return (
    <div className={styles["numbers"]} tabIndex={0} role="region" aria-label={say("reports.numbers")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{say("reports.interval")}</th>
            <th scope="col">{say("reports.of")}</th>
            {delivery.figures.map((figure) => <th key={figure.column} scope="col"><bdi dir="auto">{figure.title}</bdi></th>)}
          </tr>
        </thead>
        <tbody>
          {delivery.rows.map((row) => {
            const first = before?.rows.find((one) => one.began_at === row.began_at && one.key === row.key);
            return (
              <tr key={`${row.began_at ?? ""} ${row.key ?? ""}`}>
                <th scope="row">{row.began_at === null ? say("reports.whole") : intl.formatDate(row.began_at, { dateStyle: "short", timeStyle: "short", timeZone: delivery.zone })}</th>
                <td><bdi>{named(row.key)}</bdi></td>
                {delivery.figures.map((figure, place) => {
                  const cell = { report, period_began: delivery.period_began, n: delivery.n, figure: place, began_at: row.began_at, key: row.key };
                  const is_other = before !== null && first?.values[place] !== row.values[place];
                  return (
                    <td key={figure.column}>
                      {is_other && <><del><Shown value={first?.values[place]} unit={figure.unit} /></del> </>}
                      <Explained cell={cell} figure={figure} value={row.values[place]} />
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
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
  return (
    <Popover opened={isOpen} onChange={setOpen} width={320} trapFocus returnFocus withinPortal>
      <Popover.Target>
        <UnstyledButton onClick={() => setOpen(!isOpen)}><Shown value={value} unit={figure.unit} /></UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={figure.title}>
        <Stack gap="sm">
          <Text fw={600} dir="auto">{figure.column}</Text>
          <Text size="sm" dir="auto">{figure.words.join(" ")}</Text>
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
