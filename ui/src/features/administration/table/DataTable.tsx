import { Button, Checkbox, Popover, Skeleton, Stack, TextInput, UnstyledButton } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp, Columns3, Download, Search } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useMemo, useRef } from "react";
import { useSearchParams } from "react-router";
import { useWords } from "../../../app/words";
import styles from "./DataTable.module.css";
import { download, fetchFile } from "./download";
import { type Column, type Sort, csvOf, rowsFor, sortOf } from "./rows";

const ALL_DRAWN_MAX = 200;
const ROW_PIXELS = 41;
const WAITING_ROWS = 8;

interface Given<Row> {
  /** What the table is called, for those who hear it, and in the file's name. */
  name: string;
  columns: readonly Column<Row>[];
  /** undefined while they are fetched. */
  rows: readonly Row[] | undefined;
  keyOf: (row: Row) => string;
  open?: string | null;
  onOpen?: (key: string) => void;
  empty: ReactNode;
  actions?: ReactNode;
  /** Where the server gives the whole table as a file; absent: the page writes it of what it shows. */
  sheet?: string;
}

/** The view of a table, held by the address bar: what is typed, sorted by, hidden. */
function useView() {
  const [search, set] = useSearchParams();
  const put = (name: string, value: string) =>
    set((before) => {
      const after = new URLSearchParams(before);
      if (value === "") after.delete(name);
      else after.set(name, value);
      return after;
    }, { replace: true });
  const hidden = new Set((search.get("hide") ?? "").split(",").filter((id) => id !== ""));
  return { typed: search.get("q") ?? "", sort: sortOf(search.get("sort")), hidden, put };
}

/** Rows to find, sort, open by keyboard or pointer, and take away as a file; long tables draw only what is seen. */
export function DataTable<Row>({ name, columns, rows, keyOf, open = null, onOpen, empty, actions, sheet }: Given<Row>) {
  const { say, intl } = useWords();
  const { typed, sort, hidden, put } = useView();
  const scroll = useRef<HTMLDivElement>(null);
  const filter = useRef<HTMLInputElement>(null);
  const visible = columns.filter((column) => !hidden.has(column.id));
  const sortText = sort === null ? "" : `${sort.down ? "-" : ""}${sort.column}`;
  const found = useMemo(
    () => rowsFor(rows ?? [], columns, typed, sortOf(sortText), intl.locale),
    [rows, columns, typed, sortText, intl.locale],
  );
  const move = (event: KeyboardEvent<HTMLElement>) => moveInRows(event, filter.current);
  return (
    <div className={styles["frame"]}>
      <div className={styles["bar"]}>
        <TextInput
          ref={filter} className={styles["filter"] ?? ""} type="search" value={typed} aria-label={say("table.filter")} placeholder={say("table.filter")}
          leftSection={<Search size={16} aria-hidden />} onChange={(event) => put("q", event.currentTarget.value)}
          onKeyDown={(event) => { if (event.key === "ArrowDown") { firstRow(scroll.current)?.focus(); event.preventDefault(); } }}
        />
        {actions}
        <span className={styles["count"]} role="status">
          {rows !== undefined && say("table.count", { shown: found.length, all: rows.length })}
        </span>
        <ColumnChooser columns={columns} hidden={hidden} put={(ids) => put("hide", ids.join(","))} />
        <Button
          variant="default" leftSection={<Download size={16} aria-hidden />} disabled={found.length === 0}
          onClick={() => (sheet === undefined ? download(`${name}.csv`, new Blob([csvOf(found, visible)], { type: "text/csv;charset=utf-8" })) : fetchFile(sheet))}
        >
          CSV
        </Button>
      </div>
      {rows?.length === 0 ? (
        <div className={`panel ${styles["empty"] ?? ""}`}>{empty}</div>
      ) : (
        <div ref={scroll} className={styles["scroll"]}>
          <table className={styles["table"]} aria-label={name} aria-rowcount={found.length + 1}>
            <thead><tr>{visible.map((column) => <Head key={column.id} column={column} sort={sort} put={(to) => put("sort", to)} />)}</tr></thead>
            {rows === undefined ? <Waiting columns={visible.length} /> : (
              <Body rows={found} columns={visible} keyOf={keyOf} open={open} onOpen={onOpen} scroll={scroll} onKeyDown={move} />
            )}
          </table>
          {rows !== undefined && found.length === 0 && (
            <Stack align="center" p="xl">
              <span>{say("table.nothing", { typed })}</span>
              <Button variant="default" onClick={() => put("q", "")}>{say("table.all")}</Button>
            </Stack>
          )}
        </div>
      )}
    </div>
  );
}

function Head<Row>({ column, sort, put }: { column: Column<Row>; sort: Sort | null; put: (sort: string) => void }) {
  const isSorted = sort?.column === column.id;
  const next = !isSorted ? column.id : sort.down ? "" : `-${column.id}`;
  return (
    <th scope="col" className={column.figure === true ? styles["figure"] : undefined} aria-sort={!isSorted ? "none" : sort.down ? "descending" : "ascending"}>
      <UnstyledButton className={styles["sort"] ?? ""} onClick={() => put(next)}>
        {column.label}
        {isSorted && (sort.down ? <ArrowDown size={14} aria-hidden /> : <ArrowUp size={14} aria-hidden />)}
      </UnstyledButton>
    </th>
  );
}

interface BodyGiven<Row> {
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  keyOf: (row: Row) => string;
  open: string | null;
  onOpen: ((key: string) => void) | undefined;
  scroll: React.RefObject<HTMLDivElement | null>;
  onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
}

function Body<Row>({ rows, columns, keyOf, open, onOpen, scroll, onKeyDown }: BodyGiven<Row>) {
  const isLong = rows.length > ALL_DRAWN_MAX;
  // The compiler of React cannot memoise what the virtualiser returns; this component is drawn anew as it scrolls.
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroll.current, estimateSize: () => ROW_PIXELS, overscan: 12, enabled: isLong });
  const items = isLong ? virtual.getVirtualItems() : [];
  const [first, last] = isLong ? [items[0]?.index ?? 0, (items.at(-1)?.index ?? -1) + 1] : [0, rows.length];
  const above = first * ROW_PIXELS;
  const below = (rows.length - last) * ROW_PIXELS;
  return (
    <tbody onKeyDown={onKeyDown}>
      {above > 0 && <tr className={styles["space"]} aria-hidden><td colSpan={columns.length} style={{ height: above }} /></tr>}
      {rows.slice(first, last).map((row, n) => {
        const key = keyOf(row);
        return (
          <tr
            key={key} className={styles["row"]} aria-rowindex={first + n + 2} aria-selected={key === open} tabIndex={onOpen === undefined ? undefined : 0}
            onClick={() => onOpen?.(key)}
            onKeyDown={(event) => { if (event.key === "Enter" && event.target === event.currentTarget) onOpen?.(key); }}
          >
            {columns.map((column) => (
              <td key={column.id} className={column.figure === true ? styles["figure"] : undefined} title={column.text(row)}>
                <bdi dir={column.code === true ? "ltr" : undefined}>{column.text(row)}</bdi>
              </td>
            ))}
          </tr>
        );
      })}
      {below > 0 && <tr className={styles["space"]} aria-hidden><td colSpan={columns.length} style={{ height: below }} /></tr>}
    </tbody>
  );
}

function firstRow(within: HTMLElement | null): HTMLElement | null {
  return within?.querySelector<HTMLElement>("tr[tabindex]") ?? null;
}

/** Arrows go from row to row; from the first one up, back to the filter. */
function moveInRows(event: KeyboardEvent<HTMLElement>, filter: HTMLElement | null): void {
  if (!(event.target instanceof HTMLTableRowElement)) return;
  const sibling = { ArrowDown: event.target.nextElementSibling, ArrowUp: event.target.previousElementSibling }[event.key];
  if (sibling === undefined) return;
  event.preventDefault();
  if (sibling instanceof HTMLTableRowElement && sibling.tabIndex === 0) sibling.focus();
  else if (event.key === "ArrowUp") filter?.focus();
}

function Waiting({ columns }: { columns: number }) {
  return (
    <tbody aria-busy>
      {Array.from({ length: WAITING_ROWS }, (_, row) => (
        <tr key={row}>{Array.from({ length: columns }, (_unused, column) => <td key={column}><Skeleton height={12} width={`${40 + ((row * 7 + column * 13) % 45)}%`} /></td>)}</tr>
      ))}
    </tbody>
  );
}

function ColumnChooser<Row>({ columns, hidden, put }: { columns: readonly Column<Row>[]; hidden: ReadonlySet<string>; put: (ids: string[]) => void }) {
  const { say } = useWords();
  return (
    <Popover position="bottom-end" shadow="md">
      <Popover.Target>
        <Button variant="default" leftSection={<Columns3 size={16} aria-hidden />}>{say("table.columns")}</Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          {columns.map((column, n) => (
            <Checkbox
              key={column.id} label={column.label} checked={!hidden.has(column.id)} disabled={n === 0}
              onChange={(event) => put(event.currentTarget.checked ? [...hidden].filter((id) => id !== column.id) : [...hidden, column.id])}
            />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
