/** Actions that the page in view offers to the command palette, with their shortcuts. */

import { useEffect, useSyncExternalStore } from "react";

export interface Action {
  id: string;
  label: string;
  /** As shown beside it: "Alt H". */
  keys?: string;
  run: () => void;
}

const offered = new Map<string, readonly Action[]>();
const listeners = new Set<() => void>();
let all: readonly Action[] = [];

function change(owner: string, actions: readonly Action[] | null): void {
  if (actions === null) offered.delete(owner);
  else offered.set(owner, actions);
  all = [...offered.values()].flat();
  for (const listener of listeners) listener();
}

/** Offer `actions` while the component that calls this is shown; `actions` must be memoised. */
export function useActions(owner: string, actions: readonly Action[]): void {
  useEffect(() => {
    change(owner, actions);
    return () => change(owner, null);
  }, [owner, actions]);
}

/** Every action that is offered now. */
export function useOffered(): readonly Action[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => all,
  );
}
