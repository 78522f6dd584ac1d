/** Whether the agent is muted, kept in the tab: it outlives the page, which may be loaded again within a conversation. */
const KEY = "markaz.phone.muted";

export function wasMuted(): boolean {
  return sessionStorage.getItem(KEY) !== null;
}

export function keepMuted(muted: boolean): void {
  if (muted) sessionStorage.setItem(KEY, "1");
  else sessionStorage.removeItem(KEY);
}
