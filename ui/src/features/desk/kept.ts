/** What this device keeps of drafts that the server does not have yet. */

const PREFIX = "markaz.draft.";
const KEPT_MAX = 20;

export const nameOf = (key: string): string => PREFIX + key;

export function kept(storage: Storage, key: string): string | null {
  return storage.getItem(nameOf(key));
}

/** Keep `value` as JSON; only the latest drafts are kept, so that nothing fills up. */
export function keep(storage: Storage, key: string, value: unknown): void {
  dropKept(storage, key);
  const all = Array.from({ length: storage.length }, (_, n) => storage.key(n)).filter((name) => name?.startsWith(PREFIX));
  for (const name of all.slice(0, Math.max(0, all.length - KEPT_MAX + 1))) if (name != null) storage.removeItem(name);
  storage.setItem(nameOf(key), JSON.stringify(value));
}

export function dropKept(storage: Storage, key: string): void {
  storage.removeItem(nameOf(key));
}
