import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matchId, teamId } from "../../src/sources/identity.ts";

describe("teamId", () => {
  test.each([
    ["1. FC Köln", "koln"],
    ["1. FC Koln", "koln"],
    ["1. FSV Mainz 05", "mainz-05"],
    ["FSV Frankfurt", "fsv-frankfurt"],
    ["AFC Bournemouth", "bournemouth"],
    ["Arsenal FC", "arsenal"],
    ["Real Madrid CF", "real-madrid"],
    ["FC Bayern München", "bayern-munchen"],
    ["Brøndby IF", "brondby-if"],
    ["Widzew Łódź", "widzew-lodz"],
    ["İstanbul Başakşehir", "istanbul-basaksehir"],
    ["Großaspach", "grossaspach"],
    ["Nott'm Forest", "nottm-forest"],
    ["Hamburger SV", "hamburger-sv"],
    ["FC", "fc"],
    ["1. FC", "1-fc"],
    ["FC 1860", "fc-1860"],
  ])("%s is %s", (name, id) => {
    expect(teamId(name)).toBe(id);
  });

  test.each(["", "1860", "ЦСКА Москва", "Спартак FC", "北京国安"])("%j has no id", (name) => {
    expect(teamId(name)).toBeNull();
  });

  const names = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc
      .array(fc.constantFrom("1.", "FC", "AFC", "CF", "FSV", "München", "ß", "05", "São", "d'Or"), { minLength: 1 })
      .map((words) => words.join(" ")),
  );

  test("is a subject token, and its own id", () => {
    fc.assert(
      fc.property(names, (name) => {
        const id = teamId(name);
        if (id === null) return;
        expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
        expect(teamId(id)).toBe(id);
      }),
      { numRuns: 1000 },
    );
  });

  test("does not see case, composition or surrounding space", () => {
    fc.assert(
      fc.property(names, (name) => {
        expect(teamId(` ${name.normalize("NFD")} `)).toBe(teamId(name.normalize("NFC")));
      }),
    );
    expect(teamId("SCHALKE 04")).toBe(teamId("Schalke 04"));
  });
});

test("a match id has a leg from the second meeting on", () => {
  const key = { competition: "pl", season: "2016-17", home: "arsenal", away: "chelsea" };
  expect(matchId({ ...key, leg: 1 })).toBe("pl-2016-17-arsenal-chelsea");
  expect(matchId({ ...key, leg: 2 })).toBe("pl-2016-17-arsenal-chelsea-2");
});
