import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { DraftKeeper } from "./DraftKeeper";
import { EMPTY, type Draft, keepDraft } from "./draft";
import { Memory } from "./memory.test-support";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("sends what was typed once, after a pause, and says that it is saved", async () => {
  const sent: Draft[] = [];
  const keeper = new DraftKeeper("c1", new Memory(), (draft) => Promise.resolve(void sent.push(draft)));
  keeper.load(null);
  for (const note of ["a", "ab", "abc"]) keeper.change({ note });
  expect(keeper.state().saving).toBe("saving");
  await vi.runAllTimersAsync();
  expect(sent.map(({ note }) => note)).toEqual(["abc"]);
  expect(keeper.state().saving).toBe("saved");
});

it("keeps what was typed while the server is away, and sends it when it is back", async () => {
  const storage = new Memory();
  let away = true;
  const sent: Draft[] = [];
  const keeper = new DraftKeeper("c1", storage, (draft) => {
    if (away) return Promise.reject(new Error("unreachable"));
    sent.push(draft);
    return Promise.resolve();
  });
  keeper.change({ note: "typed" });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(keeper.state().saving).toBe("kept_here");
  expect(new DraftKeeper("c1", storage, () => Promise.resolve()).state().draft?.note).toBe("typed");
  away = false;
  await vi.runAllTimersAsync();
  expect(sent).toHaveLength(1);
  expect(keeper.state().saving).toBe("saved");
});

it("prefers what this device has to what the server has", () => {
  const storage = new Memory();
  keepDraft(storage, "c1", { ...EMPTY, note: "newer" });
  const keeper = new DraftKeeper("c1", storage, () => Promise.resolve());
  keeper.load({ note: "older" });
  expect(keeper.state().draft?.note).toBe("newer");
});

it("sends the last words when the page turns to another contact", async () => {
  const sent: Draft[] = [];
  const keeper = new DraftKeeper("c1", new Memory(), (draft) => Promise.resolve(void sent.push(draft)));
  keeper.change({ note: "last words" });
  keeper.leave();
  await vi.runAllTimersAsync();
  expect(sent.map(({ note }) => note)).toEqual(["last words"]);
});
