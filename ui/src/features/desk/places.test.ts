import { afterEach, expect, it, vi } from "vitest";
import { RequestFailed } from "../../api/problems";
import { FORM, WRAP_UP } from "./draft";
import { DraftKeeper } from "./DraftKeeper";
import { Memory } from "./memory.test-support";
import { formPlace, wrapUpPlace } from "./places";

interface Asked {
  method: string;
  path: string;
  body: unknown;
  key: string | null;
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Requests end here; what they asked is kept. */
function server(answer: object): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal("location", { origin: "http://127.0.0.1" });
  vi.stubGlobal("fetch", async (request: Request) => {
    const text = await request.text();
    asked.push({
      method: request.method, path: new URL(request.url).pathname, key: request.headers.get("Idempotency-Key"),
      body: text === "" ? null : JSON.parse(text),
    });
    return Response.json(answer);
  });
  return asked;
}

const place = () => wrapUpPlace("ann", "c1.1", "c1", () => undefined, () => undefined);
const over = new RequestFailed({ status: 409, code: "wrap_up_over", id: "x" });
const chosen = { day: "2026-11-30", time: "10:00", number: "+49301" };

it("sends a call back as a moment, and leaves one that has passed since as it is", async () => {
  vi.useFakeTimers({ now: new Date("2026-11-29T10:00") });
  const asked = server({ ...WRAP_UP.empty, contact: "c1", version: 1 });
  const entered = { ...WRAP_UP.empty, callback: chosen };
  const before = { entered: WRAP_UP.empty, version: 0 };
  await place().write(entered, before);
  vi.setSystemTime(new Date("2026-11-30T11:00"));
  await place().write(entered, { entered, version: 1 });
  const at = new Date("2026-11-30T10:00").toISOString();
  const sent = asked.map(({ body }) => (body as { callback: unknown }).callback);
  expect(sent).toEqual([{ at, number: "+49301" }, { at, number: "+49301" }]);
});

it("makes a note of what comes after the end, the same one however often", async () => {
  const asked = server({});
  const before = { ...WRAP_UP.empty, note: "in time" };
  for (let n = 0; n < 2; n += 1) await place().late({ ...before, next_action: "send it" }, before, over);
  await place().late({ ...before, next_action: "send it soon" }, before, over);
  expect(asked[1]?.key).toBe(asked[0]?.key);
  expect(asked[2]?.key).not.toBe(asked[0]?.key);
  expect(asked[0]).toMatchObject({ method: "POST", path: "/api/contacts/c1/notes", body: { text: "send it" } });
});

it("shows what others have typed as soon as it is known, and never that there is nothing", async () => {
  vi.useFakeTimers();
  const kept = { script: null, events: [{ type: "said", step: "greeting" }] };
  server({ values: {}, version: 0, behind: true });
  const keeper = new DraftKeeper("ann.form.c1", new Memory(), formPlace("c1"), FORM);
  expect(await keeper.load()).toBe(false);
  expect(keeper.state().draft).toBeNull();
  server({ values: kept, version: 3, behind: false });
  expect(await keeper.load()).toBe(true);
  expect(keeper.state().draft).toEqual(kept);
});

it("lets somebody begin whom nobody tells what others have typed", async () => {
  server({ values: {}, version: 0, behind: true });
  const keeper = new DraftKeeper("ann.form.c1", new Memory(), formPlace("c1"), FORM);
  for (let n = 0; n < 6; n += 1) await keeper.load();
  expect(keeper.state().draft).toEqual(FORM.empty);
});
