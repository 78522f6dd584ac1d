/** The page that somebody lands on is fetched while they still sign in: the one this device showed first last time. */

import { AREAS } from "./areas";

const KEPT = "markaz.landing";

/** Remember where whoever signed in here begins. */
export function keepLanding(path: string): void {
  localStorage.setItem(KEPT, path);
}

/** The first part of the address that signing in will lead to; null while this device does not know it. */
export function landingOf(next: string, kept: string | null): string | null {
  const wanted = /^\/([a-z-]+)/.exec(next)?.[1] ?? kept;
  return AREAS.some(({ path }) => path === wanted) ? wanted : null;
}

/** Fetch that page's code now. What cannot be fetched yet is fetched, and told of, when the page opens. */
export function fetchLanding(next: string): void {
  const path = landingOf(next, localStorage.getItem(KEPT));
  AREAS.find((area) => area.path === path)?.load().catch(() => undefined);
}
