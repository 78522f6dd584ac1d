import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { checked, contactsOf, sha256 } from "./check";
import type { Sample } from "./requests";

const digest = (text: string) => createHash("sha256").update(text).digest("hex");
const CONTACTS = Array.from({ length: 40 }, (_, n) => `1764079200.${n}`);
const LIMIT = `4${"0".repeat(63)}`;

function sample(changed: Partial<Sample> = {}): Sample {
  const [centre, client] = ["5f".repeat(32), "4 6 1"];
  const seed = digest(`${centre}:${client}`);
  const drawn = CONTACTS.map((contact) => ({ contact, hash: digest(`${seed}:${contact}`) })).filter(({ hash }) => hash < LIMIT);
  const manifest = digest([...CONTACTS].sort().map((one) => `${one}\n`).join(""));
  return { centre_half: centre, client_half: client, commitment: digest(centre), seed, limit: LIMIT, manifest, drawn, ...changed } as Sample;
}

describe("a sample computed anew", () => {
  it("is as another program comes to", async () => {
    expect(await sha256("گفت")).toBe(digest("گفت"));
    expect(await checked(sample(), CONTACTS)).toEqual({ commitment: true, seed: true, contacts: true, list: true });
    expect((await checked(sample(), null)).list).toBeNull();
  });

  it("shows a half that is not the one committed to", async () => {
    expect(await checked(sample({ commitment: digest("another") }), CONTACTS)).toMatchObject({ commitment: false, seed: true });
    expect(await checked(sample({ centre_half: "another" }), CONTACTS)).toMatchObject({ commitment: false, seed: false });
  });

  it("shows who was left out, put in or taken from the list", async () => {
    const whole = sample();
    expect(await checked({ ...whole, drawn: whole.drawn.slice(1) }, CONTACTS)).toMatchObject({ contacts: true, list: false });
    const added = { ...whole, drawn: [...whole.drawn, { ...whole.drawn[0], contact: "another", hash: "0" }] } as Sample;
    expect(await checked(added, CONTACTS)).toMatchObject({ contacts: false, list: false });
    expect(await checked(whole, CONTACTS.slice(1))).toMatchObject({ list: false });
  });

  it("draws everybody of a whole day", async () => {
    const whole = sample({ limit: `1${"0".repeat(64)}` });
    const all = CONTACTS.map((contact) => ({ contact, hash: digest(`${whole.seed ?? ""}:${contact}`) }));
    expect(await checked({ ...whole, drawn: all } as Sample, CONTACTS)).toMatchObject({ contacts: true, list: true });
  });
});

it("reads the contacts of a sheet", () => {
  expect(contactsOf('\uFEFFcontact,hash,drawn,recordings\r\n17.1,ab,yes,present\r\n"a,""b""",,,\r\n\'+1,,,\r\n')).toEqual(["17.1", 'a,"b"', "+1"]);
});
