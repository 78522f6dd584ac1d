/** Values within entries: by path, what two entries differ in, names for new ones. Pure. */

import type { Document, Entry, Json, Section } from "../contract";

export type Path = readonly string[];

/** What stands at `path`; undefined where nothing does. */
export function at(entry: Entry, path: Path): Json | undefined {
  let found: Json | undefined = entry;
  for (const name of path) {
    if (typeof found !== "object" || found === null || Array.isArray(found)) return undefined;
    found = (found as Entry)[name];
  }
  return found;
}

/** `entry` with `value` at `path`; undefined takes away what stands there. */
export function withValue(entry: Entry, path: Path, value: Json | undefined): Entry {
  const [name, ...rest] = path;
  if (name === undefined) return entry;
  if (rest.length === 0) {
    if (value === undefined) return Object.fromEntries(Object.entries(entry).filter(([key]) => key !== name));
    return { ...entry, [name]: value };
  }
  const inner = entry[name];
  const part = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? (inner as Entry) : {};
  return { ...entry, [name]: withValue(part, rest, value) };
}

export interface Difference {
  /** The field, and where it holds parts of its own, the part: `ring_seconds`, `skills.cards`. */
  path: string;
  before: Json | undefined;
  after: Json | undefined;
}

const isTable = (value: Json | undefined): value is Entry & Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether both mean the same; the order of names does not matter. */
export function same(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    const [left, right] = [one as readonly Json[], other as readonly Json[]];
    return left.length === right.length && left.every((value, n) => same(value, right[n]));
  }
  if (isTable(one) && isTable(other)) {
    const names = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...names].every((name) => same(one[name], other[name]));
  }
  return false;
}

/** Every value that is not the same, by its path; tables are compared part by part, lists as a whole. */
export function differences(before: Entry | null, after: Entry | null, within = ""): Difference[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...names].flatMap((name): Difference[] => {
    const [was, is] = [before?.[name], after?.[name]];
    if (same(was, is)) return [];
    const path = within === "" ? name : `${within}.${name}`;
    if (isTable(was) && isTable(is)) return differences(was, is, path);
    return [{ path, before: was, after: is }];
  });
}

/** `theirs` with what was changed here put on top: what others changed elsewhere in it stays theirs. */
export function onTop(theirs: Entry, mine: readonly Difference[]): Entry {
  return mine.reduce((entry, { path, after }) => withValue(entry, path.split("."), after), theirs);
}

/** The name under which a section's entries are told apart. */
export function idOf(section: Section, entry: Entry): string {
  const id = entry[section === "numbers" ? "number" : "id"];
  return typeof id === "string" ? id : "";
}

/** What people call an entry; its id where it has no name. */
export function nameOf(section: Section, entry: Entry): string {
  const name = entry["name"] ?? entry["label"];
  return typeof name === "string" && name !== "" ? name : idOf(section, entry);
}

export function entriesOf(document: Document, section: Section): readonly Entry[] {
  return document[section] ?? [];
}

export function find(document: Document, section: Section, id: string): Entry | undefined {
  return entriesOf(document, section).find((entry) => idOf(section, entry) === id);
}

/** What people call the entry with that id; the id itself where there is none. */
export function nameIn(document: Document, section: Section, id: string): string {
  const entry = find(document, section, id);
  return entry === undefined ? id : nameOf(section, entry);
}

const ID_CHARACTERS_MAX = 40;

/** An id for something called `name`, which nothing has yet: `night-team`, `team-2` where the name has no Latin letter. */
export function freeId(name: string, taken: ReadonlySet<string>, otherwise: string): string {
  const plain = name.normalize("NFKD").toLowerCase().replaceAll("đ", "d").replaceAll(/\p{M}/gu, "");
  const kept = plain.replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-+|-+$/g, "").slice(0, ID_CHARACTERS_MAX - 5).replace(/-$/, "");
  const stem = kept === "" ? otherwise : kept;
  let id = stem;
  for (let n = 2; taken.has(id); n += 1) id = `${stem}-${n}`;
  return id;
}
