import { expect, it } from "vitest";
import type { AgentValue, AlarmValue, LiveFigures, QueueValue } from "../../live/values";
import { added, alarmsOf, contactsBehind, floorOf, grouped, midnightIn, recentFrom, wholeOf } from "./floor";

const NOBODY: LiveFigures = { offered: 0, answered: 0, answered_in_time: 0, abandoned: 0, service_level: null, answer_mean_seconds: null };

function queue(more: Partial<QueueValue> = {}): QueueValue {
  return {
    project: "p", waiting: 0, waiting_since: null, paused: false, pause_reason: null, paused_since: null,
    today: NOBODY, recent: NOBODY, expected_wait_seconds: null, target_seconds: 20, ...more,
  };
}

function agent(state: string, since: string): AgentValue {
  return { presence: "ready", state, since, reason: null, phone: true, queues: [], contacts: [], moved: false, note: null };
}

const VALUES = {
  floor: { telephony: "connected", spooling: false, silent: false },
  "queues/a": queue(),
  "queues/b": queue({ waiting: 2, waiting_since: "2027-01-15T08:00:09Z" }),
  "queues/c": queue({ waiting: 1, waiting_since: "2027-01-15T08:00:05Z" }),
  "agents/ann": agent("on_hold", "2027-01-15T08:00:00Z"),
  "agents/ben": agent("ready", "2027-01-15T08:00:03Z"),
  "agents/cyd": agent("ready", "2027-01-15T08:00:01Z"),
  "contacts/c1": {},
};

it("puts the longest wait first, and agents by state and how long", () => {
  const floor = floorOf(VALUES);
  expect(floor.queues.map(({ id }) => id)).toEqual(["c", "b", "a"]);
  expect(grouped(floor.agents).map(({ state, cards }) => [state, cards.map(({ id }) => id)])).toEqual([
    ["ready", ["cyd", "ben"]], ["in_conversation", ["ann"]],
  ]);
});

it("puts alarms that nobody has before those that somebody sees to", () => {
  const alarm = (risen_at: string, taken_by: string | null): AlarmValue => ({
    kind: "waiting", subject: "a", parameters: {}, cure: null, risen_at, taken_by, taken_name: taken_by, taken_at: null,
  });
  const values = { "alarms/x": alarm("2027-01-15T08:00:00Z", "sid"), "alarms/y": alarm("2027-01-15T09:00:00Z", null), "alarms/z": alarm("2027-01-15T08:30:00Z", null) };
  expect(alarmsOf({ ...VALUES, ...values }).map(({ id }) => id)).toEqual(["z", "y", "x"]);
});

it("adds queues up, weighing means by answers", () => {
  const two = [
    { offered: 4, answered: 3, answered_in_time: 1, abandoned: 1, service_level: 0.25, answer_mean_seconds: 10 },
    { offered: 1, answered: 1, answered_in_time: 1, abandoned: 0, service_level: 1, answer_mean_seconds: 2 },
    NOBODY,
  ];
  expect(added(two)).toEqual({ offered: 5, answered: 4, answered_in_time: 2, abandoned: 1, service_level: 0.4, answer_mean_seconds: 8 });
  expect(added([])).toEqual(NOBODY);
  expect(wholeOf(floorOf(VALUES))).toMatchObject({ waiting: 3, waitingSince: "2027-01-15T08:00:05Z", ready: 2, talking: 1 });
});

it("knows since when figures count", () => {
  const now = Date.parse("2027-01-15T08:00:59Z");
  expect(recentFrom(now)).toBe("2027-01-15T07:46:00.000Z");
  expect(midnightIn("UTC", now)).toBe("2027-01-15T00:00:00.000Z");
  expect(midnightIn("Asia/Tehran", now)).toBe("2027-01-14T20:30:00.000Z");
  expect(midnightIn("America/New_York", now)).toBe("2027-01-15T05:00:00.000Z");
});

it("leads to the contacts behind a figure", () => {
  expect(contactsBehind("cards & loans", "2027-01-15T00:00:00.000Z", "abandoned")).toBe(
    "/contacts?queue=cards+%26+loans&from=2027-01-15T00%3A00%3A00.000Z&outcome=abandoned",
  );
});
