import { expect, it } from "vitest";
import type { Document } from "../contract";
import { type Draft, asked, dialled, hasScript, placed, wrongWith } from "./draft";

const DOCUMENT: Document = {
  version: 3,
  centre: { id: "demo", name: "Demo" },
  projects: [{ id: "hotline", client: "bank", name: "Hotline", script: "first" }, { id: "orders", client: "bank", name: "Orders" }],
  numbers: [{ number: "+18005550100", project: "hotline", flow: "main" }],
};
const DRAFT: Draft = {
  number: "+1 (800) 555-01-42", name: "Orders", project: "orders", isNewProject: false, client: null, isNewClient: false, clientName: "",
  language: "en", greeting: "Welcome.", isNewQueue: true, queue: null, agents: ["ann"], lines: ["Ask for the order.", " "],
  hours: "always", calendar: null, zone: "Asia/Tehran", weekly: [{ days: [0], since: "09:00", until: "18:00" }], holidays: {}, closed: "We are closed.", isRecorded: true,
};

it("understands numbers as people write them", () => {
  expect([dialled("+1 (800) 555-01-42"), dialled("0098 21 ۱۲۳"), dialled("٠٨٠٠")]).toEqual(["+18005550142", "+9821123", "0800"]);
});

it("says what is missing before the server is asked", () => {
  expect(wrongWith(DOCUMENT, DRAFT)).toEqual({});
  expect(wrongWith(DOCUMENT, { ...DRAFT, number: "+18005550100" })).toEqual({ number: "taken" });
  expect(wrongWith(DOCUMENT, { ...DRAFT, number: "reception" })).toEqual({ number: "telephone" });
  const bare = { ...DRAFT, number: "", name: " ", greeting: "", isNewProject: true, isNewClient: true, agents: [], hours: "new" as const, weekly: [], closed: "" };
  expect(Object.keys(wrongWith(DOCUMENT, bare)).sort()).toEqual(["agents", "clientName", "closed", "greeting", "name", "number", "weekly"]);
});

it("asks for what was chosen alone", () => {
  expect(asked(DOCUMENT, { ...DRAFT, client: "bank", clientName: "Left over", queue: "left" })).toEqual({
    number: "+18005550142", name: "Orders", greeting: "Welcome.", language: "en", script: ["Ask for the order."], queue: null, agents: ["ann"],
    project: "orders", client: null, client_name: null, hours: null, record: true,
  });
});

it("leaves a project its script", () => {
  const draft = { ...DRAFT, project: "hotline" };
  expect(hasScript(DOCUMENT, draft)).toBe(true);
  expect(asked(DOCUMENT, draft).script).toEqual([]);
});

it("asks for hours and recordings as they were chosen", () => {
  const closed = "We are closed.";
  const holidays = { "2026-03-21": "Nowruz" };
  const weekly = [...DRAFT.weekly, { days: [], since: "09:00", until: "12:00" }];
  expect(asked(DOCUMENT, { ...DRAFT, hours: "new", weekly, holidays }).hours).toEqual({ closed, zone: "Asia/Tehran", weekly: DRAFT.weekly, holidays });
  expect(asked(DOCUMENT, { ...DRAFT, hours: "calendar", calendar: "office", holidays }).hours).toEqual({ closed, calendar: "office" });
  expect(asked(DOCUMENT, { ...DRAFT, isRecorded: false }).record).toBe(false);
  expect(asked(DOCUMENT, { ...DRAFT, isNewQueue: false, queue: "cards", isRecorded: false }).record).toBeNull();
});

it("puts what the server finds at its field", () => {
  expect(placed([
    { where: "numbers.+18005550142", problem: "rings in another centre already" },
    { where: "client_name", problem: "must not be empty" },
    { where: "script[1]", problem: "must not be empty" },
    { where: "calendars.n18005550142.zone", problem: "is unknown" },
    { where: "calendars.n18005550142.weekly[0]", problem: "is no time" },
    { where: "trunks.carrier.host", problem: "is gone" },
  ])).toEqual({
    number: "rings in another centre already", clientName: "must not be empty", lines: "must not be empty", zone: "is unknown", weekly: "is no time", "": "trunks.carrier.host: is gone",
  });
});
