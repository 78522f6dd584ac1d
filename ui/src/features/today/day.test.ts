import { describe, expect, it } from "vitest";
import type { FloorValue, LiveFigures, QueueValue } from "../../live/values";
import { type TodayTold, contactsBehind, dayOf, sentenceOf, sumOf } from "./day";

const NOW = Date.parse("2026-11-26T12:00:00Z");
const NOTHING: LiveFigures = { offered: 0, answered: 0, answered_in_time: 0, abandoned: 0, service_level: null, answer_mean_seconds: null };
const UP: FloorValue = { telephony: "connected", spooling: false, silent: false };
const TOLD: TodayTold = {
  began_at: "2026-11-26T00:00:00Z", zone: "UTC", happened: [],
  projects: [{ id: "hotline", name: "Hotline", client: "bank" }],
  queues: [
    { id: "cards", name: "Cards", project: "hotline", target_seconds: 20 },
    { id: "loans", name: "Loans", project: "hotline", target_seconds: 60 },
  ],
};

function queue(changed: Partial<QueueValue> = {}): QueueValue {
  return {
    project: "hotline", waiting: 0, waiting_since: null, paused: false, pause_reason: null, paused_since: null,
    today: NOTHING, recent: NOTHING, expected_wait_seconds: null, target_seconds: 20, ...changed,
  };
}

function figures(offered: number, inTime: number): LiveFigures {
  return { ...NOTHING, offered, answered: offered, answered_in_time: inTime, service_level: offered === 0 ? null : inTime / offered };
}

const since = (seconds: number) => new Date(NOW - seconds * 1_000).toISOString();
const say = (cards: QueueValue, loans: QueueValue = queue(), floor: FloorValue | null = UP) =>
  sentenceOf(dayOf(TOLD, { "queues/cards": cards, "queues/loans": loans }, null), floor, (id) => `<${id}>`, NOW);

describe("the one sentence", () => {
  it("says first that telephony is away, whatever else is so", () => {
    expect(say(queue({ paused: true }), queue(), { ...UP, telephony: "away" })).toMatchObject({ id: "today.sentence.away", tone: "alarm" });
    expect(say(queue(), queue(), { ...UP, silent: true }).id).toBe("today.sentence.away");
  });

  it("says that a project stands still, and why", () => {
    expect(say(queue({ paused: true, pause_reason: "training" }))).toEqual({
      id: "today.sentence.paused.why", values: { project: "<hotline>", reason: "training" }, tone: "look",
    });
    expect(say(queue({ paused: true })).id).toBe("today.sentence.paused");
  });

  it("names the queue whose wait is beyond its target by the most", () => {
    const cards = queue({ waiting: 3, waiting_since: since(130) });
    const loans = queue({ waiting: 1, waiting_since: since(150) });
    expect(say(cards, loans)).toEqual({ id: "today.sentence.waiting", values: { count: 3, queue: "Cards", longest: 130, target: 20 }, tone: "alarm" });
    expect(say(queue({ waiting: 1, waiting_since: since(20) })).id).toBe("today.sentence.short");
  });

  it("tells of a bad quarter of an hour, but not of a good one", () => {
    expect(say(queue({ recent: figures(10, 6), today: figures(100, 99) }))).toMatchObject({ id: "today.sentence.fell", values: { share: 0.6 } });
    expect(say(queue({ recent: figures(10, 8), today: figures(10, 8) }))).toMatchObject({ id: "today.sentence.quiet", values: { share: 0.8 } });
  });

  it("does not take whoever has only just begun to wait for one who was answered late", () => {
    const came = { ...NOTHING, offered: 1, service_level: 0 };
    expect(say(queue({ waiting: 1, waiting_since: since(3), today: came, recent: came })).id).toBe("today.sentence.short");
  });

  it("says that all is well, and that nobody has come", () => {
    expect(say(queue({ today: figures(7, 7) }))).toEqual({ id: "today.sentence.all", values: { count: 7 }, tone: "fine" });
    expect(say(queue(), queue(), null).id).toBe("today.sentence.nobody");
  });
});

describe("the day", () => {
  it("sums queues by their contacts and leaves out what is not asked for or not live", () => {
    const values = {
      "queues/cards": queue({ waiting: 2, waiting_since: since(5), today: figures(10, 9) }),
      "queues/loans": queue({ waiting: 1, waiting_since: since(9), today: figures(30, 15) }),
      "contacts/a": { project: "hotline", state: "in_conversation" }, "contacts/b": { project: "hotline", state: "waiting" },
      "contacts/c": { project: "other", state: "in_conversation" },
    };
    expect(dayOf(TOLD, values, null)).toMatchObject({ waiting: 3, waitingSince: since(9), inHand: 1, today: { offered: 40, service_level: 0.6 } });
    expect(dayOf(TOLD, values, "other")).toMatchObject({ waiting: 0, queues: [], today: { service_level: null } });
    expect(dayOf(TOLD, {}, null).queues).toEqual([]);
  });

  it("weighs mean waits by who was answered", () => {
    const [one, two] = [{ ...figures(1, 1), answer_mean_seconds: 10 }, { ...figures(3, 3), answer_mean_seconds: 2 }];
    expect(sumOf([one, two]).answer_mean_seconds).toBe(4);
  });

  it("leads to the contacts behind a figure", () => {
    expect(contactsBehind({ project: "hotline", queue: "cards", from: "2026-11-26T00:00:00Z" })).toBe("/contacts?project=hotline&queue=cards&from=2026-11-26T00%3A00%3A00Z");
    expect(contactsBehind({ project: null })).toBe("/contacts?");
  });
});
