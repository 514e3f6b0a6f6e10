import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArchiveChoiceError, archiveCompetitions, archiveSeasons, createArchive } from "../../src/sources/archive.ts";
import { SourceError } from "../../src/sources/source.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
const { signal } = new AbortController();
const at = (instant: string) => Date.parse(instant);
const everything = { from: null, to: at("2100-01-01T00:00:00Z") };
const archive = createArchive();
/** Arsenal 3-0 Chelsea, 2016-09-24, kicked off at the assumed 15:00. */
const id = "pl-2016-17-arsenal-chelsea";
const kickoff = at("2016-09-24T15:00:00Z");

async function statusAt(now: number) {
  const { observations } = await archive.results("pl", [id], now, signal);
  return observations.map(({ fixture, result }) => ({ status: fixture.status, score: result?.score.regular ?? null }));
}

describe("what is chosen", () => {
  test("is the last season of the Premier League by default, with its history", async () => {
    const { observations } = await archive.fixtures("pl", everything, 0, signal);
    expect(archive.competitions).toEqual([{ id: "pl", code: "PL", name: "Premier League" }]);
    expect(new Set(observations.map(({ fixture }) => fixture.season))).toEqual(
      new Set(["2013-14", "2014-15", "2015-16", "2016-17"]),
    );
    expect(observations).toHaveLength(4 * 380);
    expect(archive.firstKickoff).toBe(at("2016-08-13T15:00:00Z"));
  });

  test("shows no season after the chosen one", async () => {
    const austria = createArchive({ competition: "ABL", season: "2014-15" });
    const { observations } = await austria.fixtures("abl", everything, 0, signal);
    expect(observations).toHaveLength(2 * 180);
    expect(observations.at(-1)?.fixture.season).toBe("2014-15");
    expect(austria.firstKickoff).toBe(at("2014-07-19T15:00:00Z"));
  });

  test("can be listed, and every listed choice opens", () => {
    for (const { id: competition } of archiveCompetitions) {
      expect(archiveSeasons(competition)).toEqual(["2013-14", "2014-15", "2015-16", "2016-17"]);
      for (const season of archiveSeasons(competition)) {
        expect(createArchive({ competition, season }).firstKickoff).toBeGreaterThan(at(`${season.slice(0, 4)}-07-01`));
      }
    }
  });

  test("is refused with what there is", () => {
    const refusal = (run: () => unknown) => {
      try {
        return run();
      } catch (error) {
        if (error instanceof ArchiveChoiceError) return [error.what, error.value, error.possible, error.message];
        throw error;
      }
    };
    const ids = ["pl", "bl1", "sa", "pd", "abl"];
    const text = 'unknown competition "fl1": the archive has pl, bl1, sa, pd, abl';
    expect(refusal(() => createArchive({ competition: "fl1" }))).toEqual(["competition", "fl1", ids, text]);
    expect(refusal(() => archiveSeasons("fl1"))).toEqual(["competition", "fl1", ids, text]);
    expect(refusal(() => createArchive({ season: "2017-18" }))).toEqual([
      "season",
      "2017-18",
      ["2013-14", "2014-15", "2015-16", "2016-17"],
      'unknown season "2017-18": the archive has 2013-14, 2014-15, 2015-16, 2016-17',
    ]);
  });

  test("is the only competition that answers", async () => {
    await expect(archive.fixtures("bl1", everything, 0, signal)).rejects.toThrow(SourceError);
    await expect(archive.results("bl1", [], 0, signal)).rejects.toThrow('opened for pl, not for "bl1"');
    await expect(archive.lineups("bl1", id, 0, signal)).rejects.toMatchObject({ category: "permanent" });
  });
});

describe("a match", () => {
  test("is told as the moment knows it", async () => {
    expect(await statusAt(kickoff - 1)).toEqual([{ status: "scheduled", score: null }]);
    expect(await statusAt(kickoff)).toEqual([{ status: "in-play", score: null }]);
    expect(await statusAt(kickoff + 105 * minute - 1)).toEqual([{ status: "in-play", score: null }]);
    expect(await statusAt(kickoff + 105 * minute)).toEqual([{ status: "finished", score: { home: 3, away: 0 } }]);
  });

  test("says where it comes from and that its time is assumed", async () => {
    const { observations, rejected } = await archive.results("pl", [id], kickoff + day, signal);
    expect(rejected).toEqual([]);
    expect(observations).toEqual([
      {
        matchId: id,
        fixture: {
          competition: "pl",
          season: "2016-17",
          matchday: null,
          teams: { home: { id: "arsenal", name: "Arsenal" }, away: { id: "chelsea", name: "Chelsea" } },
          kickoff: "2016-09-24T15:00:00.000Z",
          timeAssumed: true,
          status: "finished",
          source: { name: "archive", ref: "2016-09-24 Arsenal v Chelsea" },
        },
        result: { score: { regular: { home: 3, away: 0 }, extraTime: null, shootOut: null }, how: "regular" },
      },
    ]);
  });

  test("never has line-ups", async () => {
    const answer = await archive.lineups("pl", id, kickoff + day, signal);
    expect(answer).toEqual({ available: false, why: "the archive has no line-ups" });
  });

  test("that the archive does not show is named, the others are answered", async () => {
    const early = createArchive({ season: "2015-16" });
    const known = "pl-2015-16-arsenal-chelsea";
    const { observations, rejected } = await early.results("pl", [id, known], kickoff, signal);
    expect(observations.map(({ matchId }) => matchId)).toEqual([known]);
    expect(rejected).toEqual([{ code: "unknown-match", match: id, text: "not in pl up to 2015-16" }]);
  });
});

describe("a window", () => {
  test("holds exactly the matches that kick off in it, both ends included", async () => {
    const { observations: all } = await archive.fixtures("pl", everything, 0, signal);
    const instant = fc.integer({ min: at("2013-08-01"), max: at("2017-06-15") });
    const edge = fc
      .constantFrom(...all)
      .chain(({ fixture }) => fc.constantFrom(-1, 0, 1).map((offset) => at(fixture.kickoff) + offset));
    const bound = fc.oneof(instant, edge);
    await fc.assert(
      fc.asyncProperty(fc.option(bound), bound, async (from, to) => {
        const { observations } = await archive.fixtures("pl", { from, to }, 0, signal);
        const expected = all.filter(({ fixture }) => {
          const kickoff = at(fixture.kickoff);
          return (from === null || kickoff >= from) && kickoff <= to;
        });
        expect(observations.map(({ matchId }) => matchId)).toEqual(expected.map(({ matchId }) => matchId));
      }),
    );
  });

  test("tells of the rows in it that are no match", async () => {
    const italy = createArchive({ competition: "sa" });
    const all = await italy.fixtures("sa", everything, 0, signal);
    expect(all.rejected.map(({ match }) => match)).toEqual([
      "2016-05-01 Verona v Frosinone",
      "2016-05-08 Palermo v Carpi",
      "2016-05-15 Carpi v Frosinone",
    ]);
    const may8 = at("2016-05-08T15:00:00Z");
    const one = await italy.fixtures("sa", { from: may8 - day, to: may8 + day }, 0, signal);
    expect(one.rejected.map(({ code, match }) => [code, match])).toEqual([["duplicate", "2016-05-08 Palermo v Carpi"]]);
  });
});

describe("exhausted", () => {
  const last = at("2017-05-21T15:00:00Z");
  const over = last + 105 * minute;

  test.each([
    ["before the last match is over", last + day, over - 1, false],
    ["when the window ends before the last kick-off", last - 1, over, false],
    ["once the season is over and seen", last, over, true],
  ])("%s", async (_, to, now, exhausted) => {
    expect((await archive.fixtures("pl", { from: last - 7 * day, to }, now, signal)).exhausted).toBe(exhausted);
  });

  test("is not for a sweep of named matches to say", async () => {
    expect((await archive.results("pl", [id], over + day, signal)).exhausted).toBe(false);
  });
});

test("an aborted call rejects with the signal's reason", async () => {
  const reason = new Error("the poll's budget is spent");
  const aborted = AbortSignal.abort(reason);
  await expect(archive.fixtures("pl", everything, 0, aborted)).rejects.toBe(reason);
  await expect(archive.results("pl", [id], 0, aborted)).rejects.toBe(reason);
  await expect(archive.lineups("pl", id, 0, aborted)).rejects.toBe(reason);
});
