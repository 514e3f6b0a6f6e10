import fc from "fast-check";
import { expect, test } from "vitest";
import { createChecker, type LogEntry } from "../../src/match/invariants.ts";
import type { Recorded } from "../../src/match/event.ts";
import type { MatchEntry } from "../../src/match/match.ts";
import { day, type History, history, hour, kickoff, minute, second, tip } from "../support/history.ts";
import { obey, steps, walk } from "./walk.ts";

function check(life: History, entries: readonly MatchEntry[] = life.entries, now = life.now, neverStill = true) {
  const checker = createChecker(life.policy, { neverStill });
  for (const entry of entries) {
    const known = { sequence: entry.sequence, entity: { root: "match" as const, id: life.id } };
    const broken: LogEntry = {
      ...known,
      subject: `match.${life.id}.x`,
      event: null,
      undecodable: { code: "not-json", text: "no" },
    };
    checker.add(
      entry.type === null ? broken : { ...known, subject: `match.${life.id}.x`, event: entry, undecodable: null },
    );
  }
  return checker.finish(now);
}
const found = (life: History) => check(life).violations.map(({ invariant, text }) => `${invariant}: ${text}`);

const analysed = () =>
  history()
    .scheduled()
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .analysed();
const asked = () =>
  analysed()
    .at(kickoff - 30 * minute)
    .requested("predict");
const finished = () =>
  asked()
    .predicted()
    .at(kickoff + 2 * hour)
    .finished();
const settled = () => finished().requested("settle").settled();

test("no walk through a world without forgery violates an invariant, on the way or at its end", () => {
  fc.assert(
    fc.property(steps, fc.boolean(), (path, toTheEnd) => {
      const life = walk(path);
      if (toTheEnd) obey(life);
      expect(check(life).violations).toEqual([]);
      if (toTheEnd) expect(check(life, life.entries, life.now + day).open).toBe(0);
      expect(life.match.ignored).toEqual([]);
    }),
    { numRuns: 600 },
  );
});

test("a whole life is clean", () => {
  expect(check(settled())).toMatchObject({ violations: [] });
});

const planted: [string, () => History, RegExp][] = [
  [
    "a second settled with other points",
    () => settled().settled({ points: [{ model: "elo", points: 9 }] }),
    /^3: the basis .* was settled before/m,
  ],
  ["a settlement with other points", () => finished().requested("settle").settled({ points: [] }), /^3: elo earned/m],
  [
    "a settlement on another basis",
    () => finished().requested("settle").settled({ basis: "finished-7-x" }),
    /^8: settled on finished-7-x/m,
  ],
  [
    "predicted after kick-off without a request",
    () =>
      analysed()
        .at(kickoff + 1)
        .predicted(),
    /^8: match.predicted names no request/m,
  ],
  [
    "a copied event id",
    () =>
      analysed().event(
        "match.gap.raised",
        { severity: "info", stage: "predict", dueSince: "2017-01-14T15:00:00.000Z" },
        { id: analysed().last.id },
      ),
    /^8: event id .* was used before/m,
  ],
  ["an entry that does not decode", () => analysed().broken(), /^8: .* does not decode/m],
  [
    "a cause that is nowhere",
    () => analysed().event("match.gap.resolved", { severity: "info", stage: "predict" }, { causationId: "01NOWHERE" }),
    /^8: .* not in the log before it/m,
  ],
  [
    "points for a late answer",
    () => {
      const life = asked()
        .predicted([tip("elo")])
        .at(kickoff)
        .predicted([tip("pi")])
        .at(kickoff + 2 * hour)
        .finished();
      return life.requested("settle").settled({
        points: [
          { model: "elo", points: 6 },
          { model: "pi", points: 6 },
        ],
      });
    },
    /^4: pi has points without an answer that counts/m,
  ],
  [
    "look-ahead in the analysis",
    () =>
      history()
        .scheduled()
        .at(kickoff - 6 * hour)
        .requested("analyse")
        .analysed({ inputs: { results: 1, latestKickoff: new Date(kickoff - 9 * hour + 1).toISOString() } }),
    /^4: the analysis as of/m,
  ],
  ["an answer of a stranger", () => asked().predicted([tip("stranger")]), /^8: stranger answered without/m],
  [
    "an answer long after its request",
    () =>
      asked()
        .at(kickoff - 10 * minute + 1)
        .predicted(),
    /^8: answers came 1 ms after/m,
  ],
  [
    "an analysis that names a request of another stage",
    () => asked().event("match.analysed", { ...analysedData(), round: 1 }, { causationId: asked().last.id }),
    /^8: match.analysed names a request for predict/m,
  ],
  [
    "a round other than its request's",
    () => history().scheduled().requested("analyse").analysed({ round: 2 }),
    /^8: match.analysed is of round 2/m,
  ],
];

function analysedData() {
  const event = analysed().last;
  if (event.type !== "match.analysed") throw new Error(event.type);
  return event.data;
}

test.each(planted)("%s is found", (_, plant, text) => expect(found(plant()).join("\n")).toMatch(text));

test("an answer long after its request is no offence where its process may have stood still", () => {
  const life = asked()
    .at(kickoff - 10 * minute + 1)
    .predicted();
  expect(check(life, life.entries, life.now, false).violations).toEqual([]);
});

test("a status that comes back is settled again without offence", () => {
  const life = history().scheduled().scheduled({ status: "cancelled" }).requested("settle").settled();
  life
    .scheduled({ status: "awarded" })
    .requested("settle")
    .settled()
    .scheduled({ status: "cancelled" })
    .requested("settle")
    .settled();
  expect(found(life)).toEqual([]);
});

test("what stands open is counted: a retry nobody asked for, a stage past its kick-off", () => {
  const life = history()
    .scheduled()
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .failed("analyse");
  expect(check(life)).toEqual({ violations: [], open: 0 });
  expect(check(life, life.entries, kickoff - 6 * hour + 30 * second)).toEqual({ violations: [], open: 1 });
  const missed = check(life, life.entries, kickoff + hour);
  expect(missed.violations).toEqual([]);
  expect(missed.open).toBeGreaterThan(0);
});

/** The life, with a message of another match between any two of its own, by a checker that keeps a single match. */
function checkForgetful(life: History) {
  const checker = createChecker(life.policy, { neverStill: true }, 1);
  const entries = life.entries.map((entry): LogEntry => {
    const known = {
      sequence: entry.sequence,
      entity: { root: "match" as const, id: life.id },
      subject: `match.${life.id}.x`,
    };
    return entry.type === null
      ? { ...known, event: null, undecodable: { code: "not-json", text: "no" } }
      : { ...known, event: entry, undecodable: null };
  });
  let recalled = 0;
  for (const [i, entry] of entries.entries()) {
    if (checker.isAway(entry)) {
      recalled++;
      checker.recall(life.id, entries.slice(0, i));
    }
    checker.add(entry);
    const other = { root: "match" as const, id: `other-${i}` };
    const letter = { code: "letter", text: "no event" };
    checker.add({
      sequence: entry.sequence,
      subject: "match.other.x",
      entity: other,
      event: null,
      undecodable: letter,
    });
  }
  return { ...checker.finish(life.now), recalled };
}

test.each(planted)("%s is found by a checker that puts matches away", (_, plant) => {
  const life = plant();
  const { recalled: _recalled, ...found } = checkForgetful(life);
  expect(found).toEqual(check(life));
});

test("a match that went away is taken up where it was: a correction long after its settlement", () => {
  const life = finished().requested("settle").settled().after(day).finished(2, 2).requested("settle").settled();
  expect(checkForgetful(life)).toEqual({ violations: [], open: 0, recalled: 1 });
  life.event("match.settled", (life.last as Recorded<"match.settled">).data, { causationId: life.last.causationId });
  expect(checkForgetful(life).violations).toEqual(check(life).violations);
  expect(check(life).violations.length).toBeGreaterThan(0);
});

test("a match that may still fall due stays", () => {
  expect(checkForgetful(analysed()).recalled).toBe(0);
});

test("a message of a match that is away is not judged by what is forgotten", () => {
  const checker = createChecker(history().policy, { neverStill: true }, 1);
  const undecodable = { code: "letter", text: "no event" };
  const of = (id: string): LogEntry => ({
    sequence: 1,
    subject: "match.x",
    entity: { root: "match", id },
    event: null,
    undecodable,
  });
  checker.add(of("a"));
  checker.add(of("b"));
  expect(() => checker.add(of("a"))).toThrow("a is away: it must be recalled before it goes on");
});

test("the letter box is no offence", () => {
  const checker = createChecker(history().policy);
  checker.add({
    sequence: 1,
    subject: "match.retro.requested",
    entity: null,
    event: null,
    undecodable: { code: "letter", text: "a letter" },
  });
  expect(checker.finish(kickoff)).toEqual({ violations: [], open: 0 });
});
