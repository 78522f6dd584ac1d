import { describe, expect, it } from "vitest";
import { at, differences, freeId, onTop, same, withValue } from "./values";

describe("values by path", () => {
  it("puts a value beside those that are there", () => {
    const agent = { id: "ann", capacity: { voice: 1, chat: 3 } };
    expect(withValue(agent, ["capacity", "chat"], 5)).toEqual({ id: "ann", capacity: { voice: 1, chat: 5 } });
    expect(withValue({ id: "ann" }, ["capacity", "chat"], 5)).toEqual({ id: "ann", capacity: { chat: 5 } });
    expect(at(agent, ["capacity", "chat"])).toBe(3);
    expect(at(agent, ["name", "first"])).toBeUndefined();
  });

  it("takes a value away so that the default holds again", () => {
    expect(withValue({ id: "ann", team: "day" }, ["team"], undefined)).toEqual({ id: "ann" });
  });
});

describe("differences", () => {
  it("names parts of tables one by one, and lists as a whole", () => {
    const before = { id: "q", skills: { cards: 2, loans: 1 }, overflow: [{ after_seconds: 5 }] };
    const after = { id: "q", skills: { cards: 3, loans: 1 }, overflow: [{ after_seconds: 6 }], record: false };
    expect(differences(before, after)).toEqual([
      { path: "skills.cards", before: 2, after: 3 },
      { path: "overflow", before: [{ after_seconds: 5 }], after: [{ after_seconds: 6 }] },
      { path: "record", before: undefined, after: false },
    ]);
  });

  it("finds none where only the order of names differs", () => {
    expect(differences({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 })).toEqual([]);
    expect(same([1, 2], [2, 1])).toBe(false);
  });

  it("tells everything of what is new", () => {
    expect(differences(null, { id: "q" })).toEqual([{ path: "id", before: undefined, after: "q" }]);
  });
});

describe("ids of new entries", () => {
  it("come from the name, without accents", () => {
    expect(freeId("Đội trực đêm", new Set(), "team")).toBe("doi-truc-dem");
    expect(freeId("Night team!", new Set(["night-team", "night-team-2"]), "team")).toBe("night-team-3");
  });

  it("come from the kind where the name has no Latin letter", () => {
    expect(freeId("فريق الليل", new Set(["team"]), "team")).toBe("team-2");
  });

  it("are never longer than the server takes", () => {
    expect(freeId("a".repeat(90), new Set(["a".repeat(35)]), "x").length).toBeLessThanOrEqual(40);
  });
});

it("puts what was changed here on top of what others changed meanwhile", () => {
  const mine = differences({ id: "q", ring_seconds: 8, skills: { cards: 1 } }, { id: "q", ring_seconds: 9, skills: { cards: 1, loans: 2 } });
  const theirs = { id: "q", ring_seconds: 8, name: "Theirs", skills: { cards: 5 } };
  expect(onTop(theirs, mine)).toEqual({ id: "q", ring_seconds: 9, name: "Theirs", skills: { cards: 5, loans: 2 } });
});
