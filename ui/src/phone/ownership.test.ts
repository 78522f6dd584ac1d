import { describe, expect, it } from "vitest";
import { createOwnership } from "./ownership";

/** What a browser's lock manager promises of `steal` (W3C Web Locks): the holder's request is rejected. */
function browserLocks(): LockManager {
  const held = new Map<string, (reason: Error) => void>();
  const request = (name: string, _: LockOptions, holding: () => Promise<void>) => {
    held.get(name)?.(new DOMException("stolen", "AbortError"));
    return new Promise<void>((resolve, reject) => {
      held.set(name, reject);
      void holding().then(() => {
        if (held.get(name) === reject) held.delete(name);
        resolve();
      });
    });
  };
  return { request } as unknown as LockManager;
}

describe("who has the phone", () => {
  it("is the page that took it last, and the one before is told", async () => {
    const locks = browserLocks();
    const told: string[] = [];
    await createOwnership(locks).take("ann", () => told.push("first"));
    await createOwnership(locks).take("ann", () => told.push("second"));
    await Promise.resolve();
    expect(told).toEqual(["first"]);
  });

  it("is nobody's business of another agent", async () => {
    const locks = browserLocks();
    const told: string[] = [];
    await createOwnership(locks).take("ann", () => told.push("ann"));
    await createOwnership(locks).take("ben", () => told.push("ben"));
    expect(told).toEqual([]);
  });

  it("gives it back without being told of it", async () => {
    const locks = browserLocks();
    const told: string[] = [];
    const one = createOwnership(locks);
    await one.take("ann", () => told.push("one"));
    one.release();
    await Promise.resolve();
    await createOwnership(locks).take("ann", () => told.push("two"));
    await Promise.resolve();
    expect(told).toEqual([]);
  });

  it("is everybody's where the browser has no locks", async () => {
    await expect(createOwnership(undefined).take("ann", () => undefined)).resolves.toBeUndefined();
  });
});
