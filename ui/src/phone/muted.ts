/** Whether the agent is muted, kept on the device: it outlives the page, and the phone may go on in another tab. */
const KEY = "markaz.phone.muted";

export function wasMuted(): boolean {
  return localStorage.getItem(KEY) !== null;
}

export function keepMuted(muted: boolean): void {
  if (muted) localStorage.setItem(KEY, "1");
  else localStorage.removeItem(KEY);
}
