import { describe, expect, it } from "vitest";
import { askedOf, dayOf, isEnough, isNumber, viewOf } from "./view";

const view = (query: string) => viewOf(new URLSearchParams(query));

describe("what is looked for", () => {
  it("is the address bar's, and nothing that is empty is asked", () => {
    expect(askedOf(view("project=bank&customer=%20%2B491%20&open=c1&queue="))).toEqual({ project: "bank", customer: "+491" });
  });

  it("asks for a customer when there is enough of one, in any digits", () => {
    expect(["123", "+49 1", "۱۲۳", "٠١٢", "al", "*43#"].map(isEnough)).toEqual([true, true, true, true, true, true]);
    expect(["", "+49", "1 2", "( )", "۱۲"].map(isEnough)).toEqual([false, false, false, false, false]);
    expect(askedOf(view("customer=12&queue=cards"))).toEqual({ queue: "cards" });
  });

  it("knows a number that is typed or pasted", () => {
    expect(["0176 1234567", "+49 (176) 123-45-67", "\u202a+۴۹ ۱۷۶\u202c", "4567"].map(isNumber)).toEqual([true, true, true, true]);
    expect(["cards", "line 123", "12", "+"].map(isNumber)).toEqual([false, false, false, false]);
  });

  it("takes days whole, where the reader is", () => {
    const { from, to } = askedOf(view("from=2026-11-25&to=2026-11-25"));
    expect(new Date(from ?? "").getHours()).toBe(0);
    expect(new Date(to ?? "").getTime() - new Date(from ?? "").getTime()).toBe(24 * 3600 * 1000);
  });

  it("takes moments as they are, and leaves out what is none", () => {
    expect(askedOf(view("from=2026-11-25T10:30:00Z&to=yesterday"))).toEqual({ from: "2026-11-25T10:30:00.000Z" });
    expect([dayOf("2026-11-25"), dayOf("yesterday"), dayOf("")]).toEqual(["2026-11-25", "", ""]);
    expect(dayOf(new Date(2026, 10, 25, 9).toISOString())).toBe("2026-11-25");
  });
});
