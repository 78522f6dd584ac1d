import { describe, expect, it } from "vitest";
import { type LiveEvent, type LiveState, type Message, NOTHING, parse, reduce } from "./reducer";
import type { Values } from "./values";

const told = (message: Message): LiveEvent => ({ type: "told", message });
const after = (...events: LiveEvent[]): LiveState => events.reduce(reduce, NOTHING);
const snapshot = (number: number, values: Values): LiveEvent => told({ type: "snapshot", number, values });
const change = (previous: number, number: number, values: Values, gone: string[] = []): LiveEvent =>
  told({ type: "change", previous, number, values, gone });

/** A source of numbers of its own, so that a failure repeats (Park and Miller's generator). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
}

describe("the copy of the live state", () => {
  it("is the snapshot with its changes: old snapshot plus changes equal a fresh one", () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const draw = numbers(seed);
      let server: Record<string, unknown> = {};
      let state = after({ type: "opened" }, snapshot(0, {}));
      for (let number = 1; number <= 40; number += 1) {
        const values: Record<string, unknown> = {};
        for (let n = draw(3); n > 0; n -= 1) values[`agents/${draw(6)}`] = { state: draw(100) };
        const gone = Object.keys(server).filter((key) => !(key in values) && draw(5) === 0);
        server = Object.fromEntries(Object.entries({ ...server, ...values }).filter(([key]) => !gone.includes(key)));
        state = reduce(state, change(number - 1, number, values, gone));
      }
      const fresh = after({ type: "opened" }, snapshot(40, server));
      expect(state, `seed ${seed}`).toEqual(fresh);
    }
  });

  it("asks for a snapshot after a gap, and takes no change until it has one", () => {
    const gap = after({ type: "opened" }, snapshot(4, { floor: 1 }), change(5, 6, { floor: 3 }));
    expect(gap).toMatchObject({ number: null, missed: true, values: { floor: 1 } });
    expect(reduce(gap, change(6, 7, { floor: 4 })).values).toEqual({ floor: 1 });
    expect(reduce(gap, snapshot(7, { floor: 4 }))).toMatchObject({ number: 7, missed: false, values: { floor: 4 } });
  });

  it("keeps showing what it knew while the connection is lost, and drops what the new snapshot no longer has", () => {
    const lost = after({ type: "opened" }, snapshot(1, { "contacts/a": 1, "agents/b": 2 }), { type: "lost" });
    expect(lost).toMatchObject({ connection: "lost", values: { "contacts/a": 1, "agents/b": 2 } });
    const back = [{ type: "opened" } as const, snapshot(1, { "agents/b": 2 })].reduce(reduce, lost);
    expect(back.values).toEqual({ "agents/b": 2 });
  });

  it("keeps the very objects that a snapshot repeats", () => {
    const before = after({ type: "opened" }, snapshot(1, { "agents/a": { state: "ready" } }));
    const again = reduce(before, snapshot(9, { "agents/a": { state: "ready" } }));
    expect(again.values["agents/a"]).toBe(before.values["agents/a"]);
  });

  it("says when the server itself is behind", () => {
    const stale = after({ type: "opened" }, snapshot(1, {}), told({ type: "stale" }));
    expect(stale.stale).toBe(true);
    expect(reduce(stale, told({ type: "fresh" })).stale).toBe(false);
  });

  it("ignores what it does not understand", () => {
    expect(parse("{")).toBeNull();
    expect(parse('{"type":"confetti"}')).toBeNull();
    expect(parse("null")).toBeNull();
    expect(parse('{"type":"stale"}')).toEqual({ type: "stale" });
  });
});
