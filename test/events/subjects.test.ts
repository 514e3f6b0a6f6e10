import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventTypes } from "../../src/events/catalogue.ts";
import type { Entity } from "../../src/events/log.ts";
import { entityFilter, entityOf, filterTakes, isMatchId, parseSubject, subjectOf } from "../../src/events/subjects.ts";

const word = fc.stringMatching(/^[a-z0-9]{1,6}$/);
const token = fc
  .array(word, { minLength: 1, maxLength: 6 })
  .map((words) => words.join("-"))
  .filter((id) => id !== "retro");

export const entities: fc.Arbitrary<Entity> = fc.oneof(
  token.map((id) => ({ root: "match" as const, id })),
  fc.tuple(token, token).map((parts) => ({ root: "source" as const, id: parts.join(".") })),
  fc.ulid().map((id) => ({ root: "operator" as const, id })),
);

describe("subjects", () => {
  it("name the entity and the type, and give both back", () => {
    fc.assert(
      fc.property(entities, fc.constantFrom(...eventTypes), (entity, type) => {
        fc.pre(type.startsWith(`${entity.root}.`));
        const subject = subjectOf(entity, type);
        expect(parseSubject(subject)).toEqual({ entity, type });
        expect(filterTakes(entityFilter(entity), subject)).toBe(true);
      }),
    );
  });

  it("read like the documentation", () => {
    expect(subjectOf({ root: "match", id: "bl1-2025-26-bayern-leipzig" }, "match.analysis.requested")).toBe(
      "match.bl1-2025-26-bayern-leipzig.analysis.requested",
    );
    expect(subjectOf({ root: "source", id: "archive.pl" }, "source.poll.requested")).toBe(
      "source.archive.pl.poll.requested",
    );
    expect(subjectOf({ root: "source", id: "archive.pl" }, "source.polled")).toBe("source.archive.pl.polled");
  });

  it("never take an entity's message for another's", () => {
    fc.assert(
      fc.property(entities, entities, fc.constantFrom(...eventTypes), (mine, theirs, type) => {
        fc.pre(type.startsWith(`${theirs.root}.`) && JSON.stringify(mine) !== JSON.stringify(theirs));
        expect(filterTakes(entityFilter(mine), subjectOf(theirs, type))).toBe(false);
      }),
    );
  });

  it.each([
    "match.retro.requested",
    "match.a",
    "match",
    "source.a.polled",
    "operator.x.requested",
    "other.a.b",
    "match.A.b",
    "match.a--b.c",
    "",
  ])("name no entity: %j", (subject) => expect(entityOf(subject)).toBeNull());

  it("keep the letter box apart from a match's own retro request", () => {
    expect(parseSubject("match.a.retro.requested")).toEqual({
      entity: { root: "match", id: "a" },
      type: "match.retro.requested",
    });
  });

  it("refuse what is no match id", () => {
    for (const id of ["", "retro", "_", "A", "a.b", "a b", "-a", "a-", "a--b", "ü", "a>", "*", "x".repeat(151)])
      expect(isMatchId(id), id).toBe(false);
    for (const id of ["a", "0", "retro-1", "x".repeat(150)]) expect(isMatchId(id), id).toBe(true);
    expect(() => subjectOf({ root: "match", id: "a.b" }, "match.finished")).toThrow(/"a.b".*a-z/);
    expect(() => subjectOf({ root: "match", id: "a" }, "source.polled")).toThrow(/belongs under "source"/);
    expect(() => subjectOf({ root: "match", id: "_" }, "match.finished")).toThrow(/unknown match/);
    expect(subjectOf({ root: "match", id: "_" }, "match.request.rejected")).toBe("match._.request.rejected");
  });
});
