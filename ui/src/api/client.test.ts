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
