import fc from "fast-check";
import { expect, test } from "vitest";
import { freshStage, type Match } from "../../src/match/match.ts";
import { packedAnswers, packedRest } from "../../src/projections/packed-match.ts";
import { history, kickoff, day } from "../support/history.ts";
import { obey, steps, take } from "../match/walk.ts";

function throughJson({ id, version, answers, ...rest }: Match): Match {
  const again = <T>(value: T) => JSON.parse(JSON.stringify(value)) as unknown;
  return {
    id,
    version,
    ...packedRest.unpack(again(packedRest.pack(rest))),
    answers: packedAnswers.unpack(again(packedAnswers.pack(answers))),
  };
}

test("a match comes back from its packed form as it was, whatever its life", () => {
  fc.assert(
    fc.property(steps, (path) => {
      const life = history("pl-2016-17-a-b", kickoff - 2 * day).scheduled();
      for (const step of path) take(life, step);
      // Strictly: no field may come back as undefined.
      expect(throughJson(life.match)).toStrictEqual(life.match);
      obey(life);
      expect(throughJson(life.match)).toStrictEqual(life.match);
    }),
    { numRuns: 60 },
  );
});

test("an untouched stage comes back as the untouched stage", () => {
  const { match } = history("pl-2016-17-a-b").scheduled();
  expect(match.stages.settle).toBe(freshStage);
  expect(throughJson(match).stages.settle).toBe(freshStage);
});
