/** Rows as a table shows them: those that fit what was typed, in the order wanted, and as a file of commas. Pure. */

export interface Column<Row> {
  id: string;
  label: string;
  /** What the cell says; it is also what is filtered, sorted and written to a file. */
  text: (row: Row) => string;
  /** What is sorted by where that is not the text. */
  order?: (row: Row) => number | string;
  /** Figures stand at the end of the cell. */
  figure?: boolean;
  /** Codes and numbers of telephones are read from left to right in every language. */
  code?: boolean;
}

export interface Sort {
  column: string;
  down: boolean;
}

/** `name` or `-name`, as the address bar holds it. */
export function sortOf(text: string | null): Sort | null {
  if (text === null || text === "") return null;
  return text.startsWith("-") ? { column: text.slice(1), down: true } : { column: text, down: false };
}

/** Text without accents and case, so that "Đội" is found by "doi", and ي by ی. */
export function folded(text: string): string {
  const plain = text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  return plain.replaceAll("đ", "d").replaceAll("ё", "е").replaceAll("ي", "ی").replaceAll("ك", "ک").replaceAll("ـ", "");
}

/** The rows in which every word of `typed` occurs, sorted; `locale` decides the order of letters. */
export function rowsFor<Row>(rows: readonly Row[], columns: readonly Column<Row>[], typed: string, sort: Sort | null, locale: string): Row[] {
  const words = folded(typed).split(/\s+/).filter((word) => word !== "");
  const found = rows.filter((row) => {
    if (words.length === 0) return true;
    const text = folded(columns.map((column) => column.text(row)).join("\n"));
    return words.every((word) => text.includes(word));
  });
  const by = sort === null ? undefined : columns.find((column) => column.id === sort.column);
  if (sort === null || by === undefined) return found;
  const collator = new Intl.Collator(locale, { numeric: true });
  const compared = (one: Row, other: Row): number => {
    const [left, right] = [by.order?.(one) ?? by.text(one), by.order?.(other) ?? by.text(other)];
    if (typeof left === "number" && typeof right === "number") return left - right;
    return collator.compare(String(left), String(right));
  };
  return found.sort((one, other) => (sort.down ? -compared(one, other) : compared(one, other)));
}

const NEEDS_QUOTES = /[",\n\r]/;
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^[+-]?\d[\d\s.,]*$/;

/** A file that spreadsheets open; a cell that one would run as a formula is written as text. */
export function csvOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cell = (text: string): string => {
    const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
    return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = [columns.map((column) => cell(column.label)), ...rows.map((row) => columns.map((column) => cell(column.text(row))))];
  return `\uFEFF${lines.map((line) => line.join(",")).join("\r\n")}\r\n`;
}
