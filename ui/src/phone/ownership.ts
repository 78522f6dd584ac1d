/**
 * One page of an agent's has the phone. The newest one that starts it takes it; the others are told and let go.
 *
 * A Web Lock says who has it: the browser gives it back when a page is closed, reloaded or dies, which no message could.
 */
export interface Ownership {
  /** Resolves when this page has the phone; `lost` is called when another page has taken it. */
  readonly take: (name: string, lost: () => void) => Promise<void>;
  readonly release: () => void;
}

export function createOwnership(locks: LockManager | undefined): Ownership {
  let release: (() => void) | null = null;
  const letGo = () => {
    release?.();
    release = null;
  };
  return {
    release: letGo,
    take: (name, lost) => {
      letGo();
      if (locks === undefined) return Promise.resolve(); // an origin that is not secure has no microphone either
      return new Promise<void>((resolve) => {
        const holding = () =>
          new Promise<void>((done) => {
            release = done;
            resolve();
          });
        // A stolen lock rejects the request of whoever had it.
        locks.request(`markaz-softphone-${name}`, { steal: true }, holding).catch(() => {
          release = null;
          lost();
        });
      });
    },
  };
}
