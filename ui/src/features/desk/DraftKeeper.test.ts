import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { RequestFailed } from "../../api/problems";
import { DraftKeeper, type Version } from "./DraftKeeper";
import { WRAP_UP, type WrapUpDraft } from "./draft";
import { Memory } from "./memory.test-support";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const refusal = (code: string) => new RequestFailed({ status: 409, code, id: "x" });

/** What the server does with versions, as tests/web/test_wrap_ups.py proves it. */
class Server {
  kept: Version<WrapUpDraft> = { entered: WRAP_UP.empty, version: 0 };
  isAway = false;
  isOver = false;
  writes: WrapUpDraft[] = [];
  late: [WrapUpDraft, WrapUpDraft][] = [];

  readonly place = {
    read: () => (this.isAway ? Promise.reject(new Error("unreachable")) : Promise.resolve(this.kept)),
    write: (entered: WrapUpDraft, { version }: Version<WrapUpDraft>) => {
      if (this.isAway) return Promise.reject(new Error("unreachable"));
      if (this.isOver) return Promise.reject(refusal("wrap_up_over"));
      if (version !== this.kept.version) return Promise.reject(refusal("changed_meanwhile"));
      this.writes.push(entered);
      this.kept = { entered, version: version + 1 };
      return Promise.resolve(this.kept);
    },
    late: (entered: WrapUpDraft, before: WrapUpDraft) => {
      if (this.isAway) return Promise.reject(new Error("unreachable"));
      this.late.push([entered, before]);
      return Promise.resolve();
    },
  };
}

const at = (server: Server, storage: Memory = new Memory()) => new DraftKeeper("ann.wrap-up.c1.1", storage, server.place, WRAP_UP);

it("sends what was typed once, after a pause, and leaves nothing on the device", async () => {
  const [server, storage] = [new Server(), new Memory()];
  const keeper = at(server, storage);
  await keeper.load();
  for (const note of ["a", "ab", "abc"]) keeper.change({ note });
  expect(keeper.state().saving).toBe("saving");
  expect(storage.length).toBe(1);
  await vi.runAllTimersAsync();
  expect(server.writes.map(({ note }) => note)).toEqual(["abc"]);
  expect(keeper.state().saving).toBe("saved");
  expect(storage.length).toBe(0);
});

it("keeps what was typed while the server is away, over a reload, and sends it when it is back", async () => {
  const [server, storage] = [new Server(), new Memory()];
  server.isAway = true;
  const keeper = at(server, storage);
  expect(await keeper.load()).toBe(false);
  keeper.change({ note: "typed" });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(keeper.state().saving).toBe("kept_here");
  const reloaded = at(server, storage);
  expect(reloaded.state().draft?.note).toBe("typed");
  server.isAway = false;
  await reloaded.load();
  await vi.runAllTimersAsync();
  expect(server.kept.entered.note).toBe("typed");
  expect(keeper.state().saving).toBe("saved");
  expect(reloaded.state().saving).toBe("saved");
});

it("takes over what another page has entered, and undoes nothing of it", async () => {
  const server = new Server();
  const [one, other] = [at(server), at(server)];
  await one.load();
  await other.load();
  one.change({ note: "from the first" });
  await vi.runAllTimersAsync();
  other.change({ disposition: "solved" });
  await vi.runAllTimersAsync();
  expect(server.kept.entered).toEqual({ ...WRAP_UP.empty, note: "from the first", disposition: "solved" });
  expect(other.state()).toEqual({ draft: server.kept.entered, saving: "saved" });
});

it("begins without the server's answer, and loses neither side when it comes", async () => {
  const server = new Server();
  server.kept = { entered: { ...WRAP_UP.empty, next_action: "send the form" }, version: 4 };
  server.isAway = true;
  const keeper = at(server);
  await keeper.load();
  keeper.change({ note: "typed meanwhile" });
  server.isAway = false;
  await vi.runAllTimersAsync();
  expect(server.kept.entered).toEqual({ ...WRAP_UP.empty, next_action: "send the form", note: "typed meanwhile" });
});

it("shows what another tab of this device is typing", async () => {
  const [server, storage] = [new Server(), new Memory()];
  const [one, other] = [at(server, storage), at(server, storage)];
  await one.load();
  await other.load();
  one.change({ note: "typing" });
  other.heard(storage.getItem("markaz.draft.ann.wrap-up.c1.1"));
  expect(other.state().draft?.note).toBe("typing");
  await vi.runAllTimersAsync();
  other.change({ note: "typing on" });
  await vi.runAllTimersAsync();
  expect(server.kept.entered.note).toBe("typing on");
});

it("sends the last words at once where it is asked to, and when the page turns", async () => {
  const server = new Server();
  const keeper = at(server);
  await keeper.load();
  keeper.change({ note: "now" });
  await keeper.flush();
  expect(server.kept.entered.note).toBe("now");
  keeper.change({ note: "last words" });
  void keeper.settle();
  await vi.advanceTimersByTimeAsync(0);
  expect(server.kept.entered.note).toBe("last words");
});

it("hands over what comes after the end", async () => {
  const server = new Server();
  const keeper = at(server);
  await keeper.load();
  keeper.change({ note: "in time" });
  await keeper.flush();
  server.isOver = true;
  keeper.change({ note: "in time, and late" });
  await vi.runAllTimersAsync();
  expect(server.late.map(([mine, before]) => [mine.note, before.note])).toEqual([["in time, and late", "in time"]]);
  expect(keeper.state().saving).toBe("over");
  keeper.change({ note: "and later still" });
  await vi.runAllTimersAsync();
  expect(server.late.map(([mine]) => mine.note)).toEqual(["in time, and late", "and later still"]);
});

it("keeps what comes after the end on the device until it is handed over", async () => {
  const [server, storage] = [new Server(), new Memory()];
  const keeper = at(server, storage);
  await keeper.load();
  server.isOver = true;
  keeper.change({ note: "late" });
  const { late } = server.place;
  server.place.late = () => Promise.reject(new Error("unreachable"));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(keeper.state().saving).toBe("kept_here");
  expect(storage.length).toBe(1);
  server.place.late = late;
  await vi.runAllTimersAsync();
  expect(server.late).toHaveLength(1);
  expect(storage.length).toBe(0);
});

it("does not go back to an answer that came late", async () => {
  const server = new Server();
  const keeper = at(server);
  await keeper.load();
  let answer: (stored: Version<WrapUpDraft>) => void = () => undefined;
  const { read } = server.place;
  server.place.read = () => new Promise((resolve) => { answer = resolve; });
  const loading = keeper.load();
  server.place.read = read;
  keeper.change({ note: "typed" });
  await keeper.flush();
  answer({ entered: WRAP_UP.empty, version: 0 });
  await loading;
  expect(keeper.state().draft?.note).toBe("typed");
});

it("keeps half a date on the device alone", async () => {
  const [server, storage] = [new Server(), new Memory()];
  const keeper = at(server, storage);
  await keeper.load();
  keeper.change({ callback: { day: "2026-11-30", time: "", number: "+491" } });
  await vi.runAllTimersAsync();
  expect(at(server, storage).state().draft?.callback?.day).toBe("2026-11-30");
});
