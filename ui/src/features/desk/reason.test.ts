import { createIntl } from "react-intl";
import { describe, expect, it } from "vitest";
import { catalogueOf } from "../../messages";
import { type Decision, reasonOf } from "./reason";

const came: Decision = { agent: "amira", by: "contact", rule: "longest_idle", free: 3, passed_over: 0 };
const freed: Decision = { agent: "amira", by: "agent", rule: "highest_score", free: 0, passed_over: 2 };

async function told(tag: string, locale: "en" | "fa" | "ru", decision: Decision): Promise<string> {
  const [id, values] = reasonOf(decision);
  return createIntl({ locale: tag, messages: await catalogueOf(locale) }).formatMessage({ id }, values);
}

describe("why a contact came to me", () => {
  it("is said by what decided", async () => {
    expect(await told("en", "en", came)).toBe("Of 3 agents free, you had waited longest");
    expect(await told("en", "en", { ...came, free: 1 })).toBe("You were the only one free");
    expect(await told("en", "en", { ...came, rule: "least_occupied" })).toBe("Of 3 agents free, you had been least busy");
    expect(await told("en", "en", { ...came, rule: "only_agent" })).toBe("It was waiting for you alone");
    expect(await told("en", "en", freed)).toBe("You became free; it was more urgent than 2 others");
    expect(await told("en", "en", { ...freed, passed_over: 0 })).toBe("You became free, and it was next");
  });

  it("has the language's own digits and plurals", async () => {
    expect(await told("fa-u-nu-arabext", "fa", came)).toContain("۳");
    expect(await told("ru", "ru", { ...freed, passed_over: 5 })).toContain("5 других");
  });
});
