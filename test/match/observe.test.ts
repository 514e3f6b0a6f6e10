import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Score } from "../../src/match/event.ts";
import { evolve } from "../../src/match/evolve.ts";
import { type Match, unknownMatch } from "../../src/match/match.ts";
import { observe, type Observed } from "../../src/match/observe.ts";
import { basisOf } from "../../src/match/settlement.ts";
import { day, fixture, hour, idOf, kickoff, minute } from "../support/history.ts";

interface Poll {
  at: number;
  seen: Observed;
}

const { purpose: _, observedAt: __, changed: ___, ...shown } = fixture;
const ahead = (changes: Partial<Observed["fixture"]> = {}): Observed => ({
  fixture: { ...shown, ...changes },
  result: null,
});
const ended = (home: number, away: number): Observed => ({
  fixture: { ...shown, status: "finished" },
  result: { how: "regular", score: { regular: { home, away }, extraTime: null, shootOut: null } },
});

/** Takes polls in the order they arrive; returns the match and what was appended. */
function take(polls: readonly Poll[], from: Match = unknownMatch("pl-2016-17-a-b")) {
  let match = from;
  const facts: string[] = [];
  for (const { at, seen } of polls) {
    for (const fact of observe(match, seen, at)) {
      const sequence = match.version + 1;
      facts.push(
        fact.type === "match.finished" ? `finished ${fact.data.revision}` : `scheduled ${fact.data.changed.join(" ")}`,
      );
      match = evolve(match, {
        ...fact,
        sequence,
        id: idOf(match.id, sequence),
        time: at,
        actor: "pipeline:poll",
        causationId: null,
      });
    }
  }
  return { match, facts };
}

const t = (days: number) => kickoff + days * day;

test("a match first seen is scheduled; the same again adds nothing; a change names its fields", () => {
  const { facts } = take([
    { at: t(-3), seen: ahead() },
    { at: t(-2), seen: ahead() },
    { at: t(-1), seen: ahead({ kickoff: new Date(kickoff + hour).toISOString(), matchday: "22" }) },
  ]);
  expect(facts).toHaveLength(2);
  expect(facts[1]).toBe("scheduled kickoff matchday");
});

test("a result that flaps A, B, A makes revisions 1, 2, 3; the same twice none", () => {
  const [a, b] = [ended(1, 0), ended(1, 1)];
  const { facts, match } = take(
    [-2, 1, 1.1, 2, 2.1, 3].map((days, i) => ({ at: t(days), seen: [ahead(), a, a, b, b, a][i] as Observed })),
  );
  expect(facts.slice(1)).toEqual(["finished 1", "finished 2", "finished 3"]);
  expect(match.ignored).toEqual([]);
});

describe("a match that has ended and is told otherwise", () => {
  const before = { at: t(-2), seen: ahead() };
  const result = { at: t(0.1), seen: ended(1, 0) };

  test.for(["in-play", "interrupted", "scheduled"] as const)(
    "as %s keeps its result, and the same score again is no revision of it",
    (status) => {
      const back = { at: t(0.11), seen: ahead({ status }) };
      const again = { at: t(0.12), seen: ended(1, 0) };
      const { facts, match } = take([before, result, back, again, { ...back, at: t(0.13) }]);
      expect(facts.slice(1)).toEqual(["finished 1"]);
      expect(match.fixture?.status).toBe("finished");
      expect(basisOf(match)).toBe(basisOf(take([before, result]).match));
    },
  );

  test("as in play and then with another score has a corrected result", () => {
    const back = { at: t(0.11), seen: ahead({ status: "in-play" }) };
    const { facts } = take([before, result, back, { at: t(0.12), seen: ended(1, 1) }]);
    expect(facts.slice(1)).toEqual(["finished 1", "finished 2"]);
  });

  test("as under way by a corrected kick-off takes that alone", () => {
    const moved = ahead({ status: "in-play", kickoff: new Date(kickoff + 15 * minute).toISOString() });
    const { facts, match } = take([before, result, { at: t(0.11), seen: moved }]);
    expect(facts.slice(1)).toEqual(["finished 1", "scheduled kickoff"]);
    expect(match.fixture).toMatchObject({ status: "finished", kickoff: kickoff + 15 * minute });
  });

  test("as scheduled by a kick-off up to a day later says nothing, and the same score is no revision", () => {
    for (const later of [15 * minute, day]) {
      const back = ahead({ kickoff: new Date(kickoff + later).toISOString(), matchday: "9" });
      const polls = [before, result, { at: t(0.11), seen: back }, { at: t(0.12), seen: ended(1, 0) }];
      const { facts, match } = take(polls);
      expect(facts.slice(1)).toEqual(["finished 1"]);
      expect(match.fixture?.kickoff).toBe(kickoff);
    }
  });

  test("as scheduled by a kick-off more than a day later is played again, and so it is a day later once called off", () => {
    const replay = ahead({ kickoff: new Date(kickoff + day + 1).toISOString() });
    expect(take([before, result, { at: t(0.2), seen: replay }]).match.fixture?.status).toBe("scheduled");
    const off = { at: t(0.2), seen: ahead({ status: "abandoned" }) };
    const soon = { at: t(0.3), seen: ahead({ kickoff: new Date(kickoff + 20 * hour).toISOString() }) };
    expect(take([before, result, off, soon]).match.fixture).toMatchObject({ status: "scheduled" });
  });

  test("as to be played again at a later date is open, and its second result counts, be it the same", () => {
    const replay = new Date(t(20)).toISOString();
    const { facts, match } = take([
      before,
      result,
      { at: t(3), seen: ahead({ kickoff: replay }) },
      { at: t(20.05), seen: ahead({ kickoff: replay, status: "in-play" }) },
      { at: t(20.1), seen: { ...ended(1, 0), fixture: { ...ended(1, 0).fixture, kickoff: replay } } },
    ]);
    expect(facts.slice(1)).toEqual(["finished 1", "scheduled kickoff status", "scheduled status", "finished 2"]);
    expect(match.ignored).toEqual([]);
  });

  test.for(["awarded", "cancelled", "abandoned", "postponed"] as const)("as %s is that", (status) => {
    expect(take([before, result, { at: t(1), seen: ahead({ status }) }]).match.fixture?.status).toBe(status);
  });
});

test("an older observation than the one known is dropped", () => {
  const { match } = take([
    { at: t(-2), seen: ahead() },
    { at: t(1), seen: ended(1, 0) },
  ]);
  expect(observe(match, ahead({ status: "postponed" }), t(1) - 1)).toEqual([]);
  expect(observe(match, ended(4, 4), t(1) - 1)).toEqual([]);
});

test("finished without a score does not end a match, known or not", () => {
  const early: Observed = { ...ended(0, 0), result: null };
  const { facts, match } = take([
    { at: t(-2), seen: ahead() },
    { at: t(0.1), seen: early },
  ]);
  expect(facts).toHaveLength(1);
  expect(match.fixture?.status).toBe("scheduled");
  const first = take([
    { at: kickoff + 2 * hour, seen: early },
    { at: kickoff + 3 * hour, seen: ended(2, 0) },
  ]);
  expect(first.facts[1]).toBe("finished 1");
  expect(take([{ at: kickoff + 2 * hour, seen: early }]).match.fixture?.status).toBe("in-play");
});

test("first seen ended more than seven days ago is history", () => {
  expect(take([{ at: t(7), seen: ended(1, 0) }]).match.fixture?.purpose).toBe("live");
  expect(take([{ at: t(7) + 1, seen: ended(1, 0) }]).match.fixture?.purpose).toBe("history");
  expect(take([{ at: t(9), seen: ahead() }]).match.fixture?.purpose).toBe("live");
});

const score: fc.Arbitrary<Score> = fc.record({ home: fc.nat(2), away: fc.nat(2) });
const polls = fc.array(
  fc
    .record({ minutes: fc.nat(600), result: fc.option(score), moved: fc.nat(2) })
    .map(({ minutes, result, moved }): Poll => {
      const at = kickoff + minutes * minute;
      const seen = result === null ? ahead() : ended(result.home, result.away);
      return {
        at,
        seen: { ...seen, fixture: { ...seen.fixture, kickoff: new Date(kickoff + moved * hour).toISOString() } },
      };
    }),
  { maxLength: 12 },
);

test("repeating any poll at once adds nothing", () => {
  fc.assert(
    fc.property(polls, (list) => {
      expect(take(list.flatMap((poll) => [poll, poll])).facts).toEqual(take(list).facts);
    }),
  );
});

test("in whatever order polls arrive, nothing is contradictory and the newest that said something new is what is known", () => {
  fc.assert(
    fc.property(
      polls.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
      ([, shuffled]) => {
        const { match, facts } = take(shuffled);
        expect(match.ignored).toEqual([]);
        expect(facts.filter((it) => it.startsWith("finished"))).toEqual(
          Array.from({ length: match.result?.revision ?? 0 }, (_, i) => `finished ${i + 1}`),
        );
        const newest = Math.max(...shuffled.map((poll) => poll.at));
        const last = shuffled.filter((poll) => poll.at === newest).at(-1);
        if (last !== undefined && shuffled.at(-1) === last) expect(observe(match, last.seen, newest)).toEqual([]);
      },
    ),
  );
});
