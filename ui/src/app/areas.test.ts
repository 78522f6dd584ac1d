import { describe, expect, it } from "vitest";
import { areasFor } from "./areas";

const paths = (permissions: string[], hasSeat: boolean, isOfClient = false) =>
  areasFor((one) => permissions.includes(one), hasSeat, isOfClient).map((area) => area.path);

describe("the areas that somebody sees", () => {
  it("begin with the desk for who has a seat", () => {
    expect(paths(["desk.use", "audit.read"], true)).toEqual(["desk", "audit", "account"]);
  });

  it("begin with Today for a client's people, and have none for the centre's", () => {
    expect(paths(["figures.read", "users.manage", "requests.read"], false, true)[0]).toBe("today");
    expect(paths(["figures.read", "users.manage"], false)).not.toContain("today");
  });

  it("have no desk for a manager without a seat, who may still use one", () => {
    expect(paths(["desk.use", "organisation.edit"], false)).toEqual(["administration", "account"]);
  });
});
