/** The rule of the sample, computed anew in the browser: nothing here trusts what the server says it came to. */

import type { Sample } from "./requests";

/** SHA-256 of a text in UTF-8, as `sha256sum` writes it. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export interface Found {
  /** The centre's half is the one that it committed to before the day. */
  commitment: boolean;
  seed: boolean;
  /** Each contact that is shown has the hash that is shown, and it is below the limit. */
  contacts: boolean;
  /** The list has the hash that was sealed, and who is drawn of it is who is shown; null where the list was not given. */
  list: boolean | null;
}

/** A sample that was drawn, against the rule. `list`: the ids of all contacts that could be drawn. */
export async function checked(sample: Sample, list: readonly string[] | null): Promise<Found> {
  const centre = sample.centre_half ?? "";
  const seed = await sha256(`${centre}:${sample.client_half ?? ""}`);
  const hashes = await Promise.all(sample.drawn.map(({ contact }) => sha256(`${seed}:${contact}`)));
  return {
    commitment: (await sha256(centre)) === sample.commitment,
    seed: seed === sample.seed,
    contacts: sample.drawn.every((one, n) => one.hash === hashes[n] && isBelow(one.hash, sample.limit)),
    list: list === null ? null : await listHolds(sample, seed, list),
  };
}

async function listHolds(sample: Sample, seed: string, list: readonly string[]): Promise<boolean> {
  const sorted = list.map((contact) => ({ contact, bytes: new TextEncoder().encode(contact) })).sort((one, other) => inBytes(one.bytes, other.bytes));
  const manifest = await sha256(sorted.map(({ contact }) => `${contact}\n`).join(""));
  const hashes = await Promise.all(list.map((contact) => sha256(`${seed}:${contact}`)));
  const drawn = list.filter((_, n) => isBelow(hashes[n] ?? "", sample.limit));
  const shown = new Set(sample.drawn.map(({ contact }) => contact));
  return manifest === sample.manifest && drawn.length === shown.size && drawn.every((contact) => shown.has(contact));
}

/** Hexadecimal numbers of the same length compare as their texts do; a limit that is longer is above every hash. */
function isBelow(hash: string, limit: string): boolean {
  return limit.length > hash.length || hash < limit;
}

function inBytes(one: Uint8Array, other: Uint8Array): number {
  for (let n = 0; n < Math.min(one.length, other.length); n += 1) {
    const difference = (one[n] ?? 0) - (other[n] ?? 0);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

/** The contacts of the sheet that the server gives: its first column, without the apostrophes that spreadsheets need. */
export function contactsOf(sheet: string): string[] {
  const lines = sheet.replace(/^\uFEFF/, "").split("\r\n").slice(1).filter((line) => line !== "");
  return lines.map((line) => {
    const quoted = /^"((?:[^"]|"")*)"/.exec(line);
    const cell = quoted?.[1] === undefined ? line.slice(0, line.indexOf(",")) : quoted[1].replaceAll('""', '"');
    return /^'[=+\-@\t\r'＝＋－＠]/.test(cell) ? cell.slice(1) : cell;
  });
}
