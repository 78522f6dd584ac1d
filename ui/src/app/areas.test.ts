import { describe, expect, it } from "vitest";
import { areasFor } from "./areas";

const paths = (permissions: string[], hasSeat: boolean) =>
  areasFor((one) => permissions.includes(one), hasSeat).map((area) => area.path);

describe("the areas that somebody sees", () => {
  it("begin with the desk for who has a seat", () => {
    expect(paths(["desk.use", "audit.read"], true)).toEqual(["desk", "audit", "account"]);
  });

  it("have no desk for a manager without a seat, who may still use one", () => {
    expect(paths(["desk.use", "organisation.edit"], false)).toEqual(["administration", "account"]);
  });
});
