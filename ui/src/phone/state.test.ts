import { describe, expect, it } from "vitest";
import { LINE, OFF, type PhoneEvent, step } from "./state";
import type { Line } from "./types";

const AT = "2026-11-25T10:00:00.000Z";
const LATER = "2026-11-25T10:00:07.000Z";

function after(...events: PhoneEvent[]) {
  return events.reduce(step, OFF);
}

const REGISTERED: PhoneEvent[] = [{ type: "started" }, { type: "registered" }];
const RINGING: PhoneEvent[] = [...REGISTERED, { type: "invited", id: "a", at: AT, test: false }];
const TALKING: PhoneEvent[] = [...RINGING, { type: "answering", id: "a" }, { type: "talking", id: "a", at: LATER }];

describe("the line", () => {
  it("is made, lost and made again", () => {
    expect(after(...REGISTERED).line).toBe("ready");
    expect(after(...REGISTERED, { type: "disconnected" }).line).toBe("lost");
    expect(after(...REGISTERED, { type: "disconnected" }, { type: "registered" }).line).toBe("ready");
  });

  it("knows every state, and none of them traps the agent", () => {
    for (const line of Object.keys(LINE) as Line[]) {
      expect(step({ ...OFF, line }, { type: "started" }).line).toBe("connecting");
      expect(step({ ...OFF, line }, { type: "stopped" }).line).toBe("off");
    }
  });

  it("is not found again by a page that another one has taken it from", () => {
    const taken = after(...TALKING, { type: "taken" });
    expect(taken).toEqual({ line: "elsewhere", call: null, trouble: null });
    expect(step(taken, { type: "registered" })).toBe(taken);
    expect(step(taken, { type: "disconnected" })).toBe(taken);
  });

  it("does not come to be by news of a phone that is off", () => {
    expect(after({ type: "registered" })).toBe(OFF);
    expect(after({ type: "disconnected" })).toBe(OFF);
  });
});

describe("a call", () => {
  it("rings, is answered, and counts from when they talk", () => {
    expect(after(...RINGING).call).toMatchObject({ state: "ringing", since: AT, muted: false });
    expect(after(...TALKING).call).toMatchObject({ state: "talking", since: LATER });
  });

  it("goes on when the line is lost", () => {
    const lost = after(...TALKING, { type: "disconnected" });
    expect(lost).toMatchObject({ line: "lost", call: { state: "talking" } });
    const back = step(lost, { type: "registered" });
    expect(back).toMatchObject({ line: "ready", call: { state: "talking" }, trouble: "network_changed" });
    expect(step(back, { type: "ended", id: "a" })).toMatchObject({ call: null, trouble: null });
    expect(step(step({ ...lost, trouble: "no_sound_in" }, { type: "registered" }), { type: "trouble", trouble: null }).trouble).toBeNull();
  });

  it("that rings again for the same conversation begins as muted as the last one was", () => {
    const again = step(after(...TALKING), { type: "invited", id: "b", at: LATER, test: false, muted: true });
    expect(again.call).toMatchObject({ id: "b", state: "ringing", muted: true });
    const talking = [{ type: "answering", id: "b" }, { type: "talking", id: "b", at: LATER }] as const;
    expect(talking.reduce<typeof again>(step, again).call).toMatchObject({ state: "talking", muted: true });
  });

  it("is held and resumed, muted and not", () => {
    const held = after(...TALKING, { type: "held", id: "a" });
    expect(held.call?.state).toBe("held");
    expect(step(held, { type: "resumed", id: "a" }).call?.state).toBe("talking");
    expect(step(held, { type: "muted", muted: true }).call?.muted).toBe(true);
    expect(after({ type: "muted", muted: true })).toBe(OFF);
  });

  it("is not changed by news of another one", () => {
    const talking = after(...TALKING);
    expect(step(talking, { type: "ended", id: "b" })).toBe(talking);
    expect(step(talking, { type: "held", id: "b" })).toBe(talking);
  });

  it("is not held before it is answered, nor answered twice", () => {
    const ringing = after(...RINGING);
    expect(step(ringing, { type: "held", id: "a" })).toBe(ringing);
    const talking = after(...TALKING);
    expect(step(talking, { type: "answering", id: "a" })).toBe(talking);
  });

  it("takes its troubles with it, and leaves those of the microphone", () => {
    const deaf = after(...TALKING, { type: "trouble", trouble: "no_sound_in" }, { type: "ended", id: "a" });
    expect(deaf).toMatchObject({ call: null, trouble: null });
    const refused = after(...RINGING, { type: "trouble", trouble: "microphone_refused" }, { type: "ended", id: "a" });
    expect(refused.trouble).toBe("microphone_refused");
  });

  it("gives way to the one that the floor rings again", () => {
    const again = after(...TALKING, { type: "ended", id: "a" }, { type: "invited", id: "b", at: LATER, test: false });
    expect(again.call).toMatchObject({ id: "b", state: "ringing" });
    expect(step(again, { type: "ended", id: "a" })).toBe(again);
  });
});
