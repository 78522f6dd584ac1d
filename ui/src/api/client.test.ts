import { afterEach, expect, it, vi } from "vitest";
import { ask } from "./client";

afterEach(() => void vi.unstubAllGlobals());

it("sends a request that nobody answered under the same key again, and another one under another", async () => {
  const keys: (string | null)[] = [];
  let isAway = true;
  vi.stubGlobal("location", { origin: "http://127.0.0.1" });
  vi.stubGlobal("fetch", (request: Request) => {
    keys.push(request.headers.get("Idempotency-Key"));
    return isAway ? Promise.reject(new TypeError("network")) : Promise.resolve(Response.json({}));
  });
  await expect(ask("POST", "/api/notes", { text: "a" })).rejects.toThrow("unreachable");
  isAway = false;
  await ask("POST", "/api/notes", { text: "a" });
  await ask("POST", "/api/notes", { text: "a" });
  await ask("POST", "/api/notes", { text: "b" });
  expect(keys[1]).toBe(keys[0]);
  expect(new Set(keys).size).toBe(3);
});

it("takes the same words for another request once something else was done, or after a while", async () => {
  vi.useFakeTimers();
  const keys = new Map<string, (string | null)[]>();
  let isAway = true;
  vi.stubGlobal("location", { origin: "http://127.0.0.1" });
  vi.stubGlobal("fetch", (request: Request) => {
    const path = new URL(request.url).pathname;
    keys.set(path, [...(keys.get(path) ?? []), request.headers.get("Idempotency-Key")]);
    return isAway ? Promise.resolve(new Response("", { status: 502 })) : Promise.resolve(Response.json({}));
  });
  const pause = () => ask("POST", "/pause").catch(() => undefined);
  await pause();
  await pause();
  isAway = false;
  await ask("POST", "/resume");
  await pause();
  expect(keys.get("/pause")?.[1]).toBe(keys.get("/pause")?.[0]);
  expect(keys.get("/pause")?.[2]).not.toBe(keys.get("/pause")?.[0]);
  isAway = true;
  await pause();
  vi.advanceTimersByTime(60_000);
  await pause();
  expect(new Set(keys.get("/pause")).size).toBe(4);
  vi.useRealTimers();
});
