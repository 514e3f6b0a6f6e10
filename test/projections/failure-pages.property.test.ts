import { assert, constantFrom, integer, option, property } from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { categories } from "../../src/match/event.ts";
import { InvalidCursor } from "../../src/projections/cursor.ts";
import { day, history, hour, kickoff, minute } from "../support/history.ts";
import { interleave, letterOf, messagesOf, tables } from "./support.ts";

const failing = ["transient", "permanent", "bug", "crash"] as const;

/** Settlements that failed, several at one instant, some of them dismissed; other stages that failed too. */
function given() {
  const lives = Array.from({ length: 60 }, (_, i) => {
    const life = history(`m-${i}`, kickoff - 2 * day)
      .scheduled()
      .at(kickoff - 6 * hour)
      .requested("analyse");
    if (i % 5 === 0) return life.failed("analyse", { category: "permanent" });
    life
      .analysed()
      .at(kickoff + 2 * hour)
      .finished()
      .at(kickoff + 2 * hour + (i % 4) * minute)
      .requested("settle")
      .failed("settle", { category: failing[i % failing.length] ?? "bug" });
    return i % 3 === 0 ? life.event("match.failure.dismissed", { stage: "settle", by: "me", reason: "known" }) : life;
  });
  const { db, projector, queries } = tables();
  onTestFinished(() => void db.close());
  projector.apply(messagesOf(interleave(lives)));
  return queries;
}

test("pages of one cause are what the whole list says of it", () => {
  const queries = given();
  const all = [false, true].flatMap((dismissed) => queries.failures({ stage: "settle", dismissed }));
  const causes = new Set(all.map(({ fingerprint }) => fingerprint));
  expect(causes.size).toBeGreaterThan(1);
  assert(
    property(
      constantFrom(...causes, "no such cause"),
      option(constantFrom(...categories), { nil: undefined }),
      constantFrom(true, false),
      integer({ min: 1, max: 20 }),
      (fingerprint, category, dismissed, limit) => {
        const wanted = all.filter(
          (it) =>
            it.fingerprint === fingerprint &&
            (it.dismissed !== null) === dismissed &&
            (category ?? it.category) === it.category,
        );
        const paged = [];
        for (let cursor: string | null | undefined; cursor !== null; ) {
          const given = {
            ...(category === undefined ? {} : { category }),
            ...(cursor === undefined ? {} : { cursor }),
          };
          const page = queries.failurePage({ stage: "settle", dismissed, fingerprint, limit, ...given });
          paged.push(...page.failures);
          cursor = page.cursor;
        }
        expect(paged).toEqual(wanted.sort((a, b) => (a.matchId < b.matchId ? -1 : 1)));
      },
    ),
  );
});

test("pages and counts are what the whole list says, for any category, dismissed or not", () => {
  const queries = given();
  assert(
    property(
      option(constantFrom(...categories), { nil: undefined }),
      constantFrom(true, false),
      integer({ min: 1, max: 20 }),
      (category, dismissed, limit) => {
        const chosen = category === undefined ? {} : { category };
        const all = queries
          .failures({ stage: "settle", dismissed, ...chosen })
          .sort((a, b) => (a.matchId < b.matchId ? -1 : 1));
        const paged = [];
        for (let cursor: string | null | undefined; cursor !== null; ) {
          const after = cursor === undefined ? {} : { cursor };
          const page = queries.failurePage({ stage: "settle", dismissed, limit, ...chosen, ...after });
          paged.push(...page.failures);
          cursor = page.cursor;
        }
        expect(paged).toEqual(all);
        const counted = queries
          .failureCounts(dismissed)
          .filter((it) => it.stage === "settle" && (category === undefined || it.category === category));
        expect(counted.reduce((sum, { count }) => sum + count, 0)).toBe(all.length);
        const givenUp = counted.filter((it) => it.givenUp).reduce((sum, { count }) => sum + count, 0);
        expect(givenUp).toBe(all.filter(({ retryAt }) => retryAt === null).length);
      },
    ),
  );
  expect(queries.failures({ stage: "settle" }).length).toBeGreaterThan(20);
  expect(queries.failures({ stage: "settle", dismissed: true }).length).toBeGreaterThan(5);
});

test("a walk passes nobody by, though all fail again while it goes on", () => {
  const ids = Array.from({ length: 9 }, (_, i) => `m-${i}`);
  const lives = ids.map((id) =>
    history(id, kickoff - 2 * day)
      .scheduled()
      .at(kickoff - 6 * hour)
      .requested("analyse")
      .analysed()
      .at(kickoff + 2 * hour)
      .finished()
      .requested("settle")
      .failed("settle"),
  );
  const { db, projector, queries } = tables();
  onTestFinished(() => void db.close());
  let first = 1;
  const write = (letters: ReturnType<typeof interleave>) => {
    projector.apply(messagesOf(letters, first));
    first += letters.length;
  };
  write(interleave(lives));
  const seen: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const after = cursor === undefined ? {} : { cursor };
    const page = queries.failurePage({ stage: "settle", dismissed: false, limit: 2, ...after });
    seen.push(...page.failures.map(({ matchId }) => matchId));
    cursor = page.cursor;
    for (const life of lives) {
      const known = life.events.length;
      life.after(minute).requested("settle").failed("settle");
      write(life.events.slice(known).map((event) => letterOf("match", life.id, event)));
    }
  }
  expect(seen).toEqual(ids);
});

test("a cursor of another list is refused", () => {
  const cursor = Buffer.from("1.some-match").toString("base64url");
  expect(() => given().failurePage({ stage: "settle", dismissed: false, limit: 1, cursor })).toThrow(InvalidCursor);
});
