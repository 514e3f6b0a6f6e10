import { describe, expect, test } from "vitest";
import type { KnownMatch } from "../../src/sources/known.ts";
import { recognise, type Told } from "../../src/sources/recognise.ts";
import { bundesliga, leagueNamed } from "../support/openfootball.ts";

const season = "2025-26";
const start = Date.parse("2025-08-23T13:30:00Z");
const week = 7 * 24 * 60 * 60 * 1000;

function told(matchday: string | null, home: string, away: string, more: Partial<Told> = {}): Told {
  const round = Number(/\d+/.exec(matchday ?? "1")?.[0] ?? 1);
  return {
    ref: `${matchday}: ${home} v ${away}`,
    matchday,
    home,
    away,
    kickoff: start + (round - 1) * week,
    timeAssumed: false,
    status: "scheduled",
    result: null,
    ...more,
  };
}

function known(matchday: string | null, home: string, away: string, more: Partial<KnownMatch> = {}): KnownMatch {
  const round = Number(/\d+/.exec(matchday ?? "1")?.[0] ?? 1);
  return {
    id: `bl1-${season}-${home}-${away}`,
    matchday,
    kickoff: start + (round - 1) * week,
    status: "scheduled",
    home: { id: home, name: home },
    away: { id: away, name: away },
    ...more,
  };
}

function seen(page: Told[], before: KnownMatch[] = [], league = bundesliga, of = season) {
  const { observations, rejected, quarantined } = recognise("openfootball", league, of, page, {
    matches: () => before,
  });
  return {
    ids: observations.map(({ matchId }) => matchId),
    observations,
    rejected: rejected.map(({ code }) => code),
    quarantined: quarantined.map(({ code }) => code),
    texts: [...rejected, ...quarantined].map(({ text }) => text),
  };
}

/** Seventeen other clubs, so that a season has room for one more. */
const others = Array.from({ length: 17 }, (_, i) => `club-${"abcdefghijklmnopq"[i]}${"abcdefghijklmnopq"[i]}x`);
const seventeen = others.slice(1).map((club, i) => known(`${(i % 34) + 1}`, club, others[0] ?? ""));

describe("a club", () => {
  test("keeps its id and the name we show, whatever spelling of the table is used", () => {
    const spellings = ["Bor. Mönchengladbach", "Borussia Mönchengladbach", "Borussia Monchengladbach"];
    for (const home of spellings) {
      const { observations } = seen([told("1", home, "Hamburger SV")]);
      expect(observations[0]?.matchId).toBe("bl1-2025-26-borussia-monchengladbach-hamburger-sv");
      expect(observations[0]?.fixture.teams.home.name).toBe("Borussia Mönchengladbach");
    }
  });

  test("that the table has not keeps the name it was first shown by", () => {
    const before = known("1", "sv-neuling", "hamburger-sv", { home: { id: "sv-neuling", name: "SV Neuling" } });
    const { observations } = seen([told("1", "SV NEULING", "Hamburger SV")], [before]);
    expect(observations[0]?.fixture.teams.home).toEqual({ id: "sv-neuling", name: "SV Neuling" });
  });

  test("of a season that has room is new, as long as its name is like no other", () => {
    expect(seen([told("2", "Preußen Münster", "Hamburger SV")], seventeen.slice(1)).ids).toHaveLength(1);
    expect(
      seen([told("2", "Hamburg SV 1887", "SC Freiburg")], [known("1", "hamburger-sv", "rb-leipzig")]),
    ).toMatchObject({
      ids: [],
      quarantined: ["doubtful-club"],
      texts: [expect.stringContaining("hamburg-sv-1887 may be hamburger-sv")],
    });
  });

  test("near two others is nobody's guess", () => {
    const before = [known("1", "eintracht-neustadt", "hamburger-sv"), known("2", "borussia-neustadt", "hamburger-sv")];
    const { ids, texts } = seen([told("3", "Neustadt", "SC Freiburg")], before);
    expect(ids).toEqual([]);
    expect(texts[0]).toContain("neustadt may be eintracht-neustadt or borussia-neustadt");
  });

  test("near another is a club of its own where both play in one round", () => {
    const page = [told("3", "Eintracht Neustadt", "SC Freiburg"), told("3", "Neustadt", "Hamburger SV")];
    expect(seen(page).ids).toHaveLength(2);
  });

  test("that is called what two are called is neither, and no third, whatever else is told", () => {
    const ligue = leagueNamed("fl1");
    const page = [told("1", "Paris", "Lens"), told("1", "Paris FC", "Lyon"), told("1", "Nice", "PSG")];
    expect(seen(page, [], ligue)).toMatchObject({
      ids: ["fl1-2025-26-paris-fc-lyon", "fl1-2025-26-nice-paris-saint-germain"],
      quarantined: ["doubtful-club"],
      texts: ['"Paris" may be Paris FC or Paris Saint-Germain: only a longer name tells'],
    });
  });

  test("whose name is part of one of the table's is in doubt, whether or not the season has that", () => {
    expect(seen([told("2", "SV Bochum", "Hamburger SV")])).toMatchObject({
      ids: [],
      texts: [expect.stringContaining("sv-bochum may be vfl-bochum")],
    });
    const both = [told("2", "SV Bochum", "Hamburger SV"), told("2", "VfL Bochum", "SC Freiburg")];
    expect(seen(both).ids).toHaveLength(2);
  });

  test("one too many for the season is kept out, even one of the table", () => {
    const full = [...seventeen, known("20", "hamburger-sv", others[0] ?? "")];
    expect(seen([told("21", "Holstein Kiel", "Hamburger SV")], full)).toMatchObject({
      ids: [],
      texts: [expect.stringContaining("holstein-kiel would be one club too many: Bundesliga 2025-26 has 18")],
    });
  });

  test("too many in a first page: the ones with fewest matches, and none of those that are told nothing apart", () => {
    const clubs = Array.from(
      { length: 20 },
      (_, i) => `Verein ${"abcdefghijklmnopqrst"[i]}${"ghijklmnopqrstuvwxyz"[i]}`,
    );
    const page = clubs.flatMap((home, i) =>
      clubs.slice(0, i < 18 ? 3 : 1).flatMap((away, j) => (i === j ? [] : [told("5", home, away)])),
    );
    const { ids, quarantined } = seen(page);
    expect(ids.filter((id) => /-verein-(sy|tz)/.test(id))).toEqual([]);
    expect(quarantined).toEqual(["doubtful-club", "doubtful-club"]);
  });

  test("of a play-off may come from elsewhere", () => {
    const full = [...seventeen, known("20", "hamburger-sv", others[0] ?? "")];
    const { ids } = seen(
      [told("Relegation - 1", "Hamburger SV", "Holstein Kiel", { kickoff: start + 38 * week })],
      full,
    );
    expect(ids).toEqual(["bl1-2025-26-hamburger-sv-holstein-kiel-2"]);
  });

  test("without letters, or against itself, is rejected", () => {
    expect(seen([told("1", "1899", "SC Freiburg"), told("1", "Спартак", "SC Freiburg")]).rejected).toEqual([
      "unreadable-club",
      "unreadable-club",
    ]);
    expect(seen([told("1", "Werder Bremen", "SV Werder Bremen")]).rejected).toEqual(["same-club"]);
    expect(seen([told("1", "a".repeat(70), "SC Freiburg")]).rejected).toEqual(["unreadable-club"]);
  });
});

describe("a meeting", () => {
  const austria = leagueNamed("abl");
  const id = "abl-2024-25-rb-salzburg-sk-sturm-graz";

  test("is told by its round's number, whichever of several is shown, and whenever it is played", () => {
    const at = Date.parse("2024-08-03T15:00:00Z");
    const page = (matchday: string, weeks: number) =>
      seen([told(matchday, "RB Salzburg", "Sturm Graz", { kickoff: at + weeks * week })], [], austria, "2024-25").ids;
    expect([page("4", 3), page("4", 18), page("27", 36)]).toEqual([[id], [id], [`${id}-2`]]);
    expect(page("Championship Round - 5", 36)).toEqual([`${id}-2`]);
  });

  test("of a play-off follows the league's, and keeps its leg when it moves", () => {
    const championship = leagueNamed("elc");
    const final = told("Play-offs - Semi-finals", "Coventry City", "Sunderland", { kickoff: start + 38 * week });
    const first = seen([told("3", "Coventry", "Sunderland"), final], [], championship);
    expect(first.ids.sort()).toEqual([
      "elc-2025-26-coventry-city-sunderland",
      "elc-2025-26-coventry-city-sunderland-2",
    ]);
    const before = {
      ...known("Play-offs - Semi-finals", "coventry-city", "sunderland"),
      id: "elc-2025-26-coventry-city-sunderland-2",
    };
    const moved = { ...final, kickoff: start + 39 * week };
    const label = (page: Told[]) => {
      const { observations, quarantined } = seen(page, [before], championship);
      return [observations.map(({ matchId, fixture }) => [matchId.slice(-2), fixture.matchday]), quarantined];
    };
    expect(label([moved])).toEqual([[["-2", "Play-offs - Semi-finals"]], []]);
    // Its replay is no third meeting, whichever of the two is known.
    const replay = told("Play-offs - Replay", "Coventry City", "Sunderland", { kickoff: start + 40 * week });
    expect(label([replay, { ...moved, status: "abandoned" }])).toEqual([[["-2", "Play-offs - Replay"]], []]);
    expect(label([{ ...replay, status: "cancelled" }, moved])).toEqual([[["-2", "Play-offs - Semi-finals"]], []]);
    expect(label([replay, moved])).toEqual([[["-2", "Play-offs - Semi-finals"]], ["unknown-leg"]]);
  });

  describe("that the format has no room for", () => {
    const ground = ["RB Salzburg", "Sturm Graz"] as const;
    const at = Date.parse("2025-03-20T16:00:00Z");
    const group = { ...known("Championship Round", "rb-salzburg", "sk-sturm-graz"), id: `${id}-2`, kickoff: at };
    const shown = (...page: Told[]) => seen(page, [group], austria, "2024-25");
    const renamed = told("Championship Group", ...ground, { kickoff: at + week });

    test("may be the known one under another stage's name, as long as the page has nothing else for that", () => {
      expect(shown(renamed)).toMatchObject({
        ids: [],
        quarantined: ["unknown-leg"],
        texts: [expect.stringContaining(`may be ${id}-2 under another stage's name`)],
      });
      const own = told("Championship Round", ...ground, { kickoff: at });
      const decider = told("Play-offs", ...ground, { kickoff: at + 9 * week });
      expect(shown(own, decider).ids).toEqual([`${id}-2`, `${id}-3`]);
    });

    test("is none, and of two for one place neither is chosen", () => {
      const own = told("Championship Round", ...ground, { kickoff: at });
      const [one, two] = ["Play-offs", "Finals"].map((label, i) =>
        told(label, ...ground, { kickoff: at + (8 + i) * week }),
      ) as [Told, Told];
      expect(shown(own, one, two)).toMatchObject({ ids: [`${id}-2`], quarantined: ["unknown-leg", "unknown-leg"] });
      expect(shown(own, one, two).texts[0]).toContain("two clubs of the Austrian Bundesliga meet here 3 times at most");
      const bl1 = ["Relegation", "Final"].map((label, i) =>
        told(label, "Hamburger SV", "Holstein Kiel", { kickoff: start + (38 + i) * week }),
      );
      expect(seen(bl1)).toMatchObject({ ids: [], quarantined: ["unknown-leg", "unknown-leg"] });
    });
  });

  describe("of a play-off whose label changes", () => {
    const ground = ["Hamburger SV", "Holstein Kiel"] as const;
    const kickoff = start + 38 * week;
    const day = week / 7;
    const second = known("RELEGATION", "hamburger-sv", "holstein-kiel", {
      kickoff,
      id: "bl1-2025-26-hamburger-sv-holstein-kiel-2",
    });
    const shown = (label: string | null, days: number, before = [second]) =>
      seen([told(label, ...ground, { kickoff: kickoff + days * day })], before);

    test("in case or spaces is the same match, whenever it is played", () => {
      for (const label of ["Relegation", " relegation ", "RELE GATION"])
        expect(shown(label, 6).ids).toEqual([second.id]);
    });

    test("within three days is the same match, also without a label, which is then kept", () => {
      for (const label of ["Play-offs - Final", "1", null]) expect(shown(label, -3).ids).toEqual([second.id]);
      expect(shown(null, 1).observations[0]?.fixture.matchday).toBe("RELEGATION");
      expect(shown("Play-offs - Final", 4)).toMatchObject({ ids: [], quarantined: ["unknown-leg"] });
    });

    test("to none, on another day, is in doubt", () => {
      expect(shown(null, 6)).toMatchObject({ ids: [], quarantined: ["unknown-leg"] });
    });

    test("is in doubt within three days of two", () => {
      const third = { ...second, id: second.id.replace(/2$/, "3"), matchday: "Replay", kickoff: kickoff + 4 * day };
      expect(shown("Play-offs - Final", 2, [second, third])).toMatchObject({ ids: [], quarantined: ["unknown-leg"] });
      expect(shown("Relegation", 2, [second, third]).ids).toEqual([second.id]);
      expect(shown("Relegation", 5, [second, third])).toMatchObject({ ids: [], quarantined: ["unknown-leg"] });
    });

    test("is one match where the page has it under both", () => {
      const rows = ["RELEGATION", "Play-offs"].map((label) => told(label, ...ground, { kickoff }));
      expect(seen(rows, [second]).ids).toEqual([second.id]);
    });
  });

  test("in a round that the season has not is rejected; without a round it is in doubt where there are several", () => {
    expect(seen([told("35", "SC Freiburg", "Hamburger SV", { kickoff: start })]).rejected).toEqual(["unknown-round"]);
    expect(seen([told(null, "SC Freiburg", "Hamburger SV")]).ids).toEqual(["bl1-2025-26-sc-freiburg-hamburger-sv"]);
    const old = told(null, "RB Salzburg", "Sturm Graz", { kickoff: Date.parse("2016-08-01T15:00:00Z") });
    expect(seen([old], [], austria, "2016-17").quarantined).toEqual(["unknown-leg"]);
  });

  const score = (home: number) => ({
    status: "finished" as const,
    result: { score: { regular: { home, away: 0 }, extraTime: null, shootOut: null }, how: "regular" as const },
  });

  test("that stands there twice is one; the row with the result counts", () => {
    const open = told("1", "SC Freiburg", "Hamburger SV");
    const ended = { ...open, ...score(2) };
    for (const page of [
      [open, open],
      [open, ended],
      [ended, open, ended],
    ]) {
      const { ids, observations, quarantined } = seen(page);
      expect([ids.length, quarantined]).toEqual([1, []]);
      if (page.includes(ended)) expect(observations[0]?.result).toEqual(ended.result);
    }
    expect(seen([ended, { ...open, ...score(3) }])).toMatchObject({
      ids: [],
      quarantined: ["second-meeting", "second-meeting"],
    });
  });

  test("abandoned and played again is the one that is played", () => {
    const broken = told("1", "SC Freiburg", "Hamburger SV", { status: "abandoned" });
    const again = told("1", "SC Freiburg", "Hamburger SV", { kickoff: start + 3 * week });
    const { observations, quarantined } = seen([broken, again]);
    expect(observations.map(({ fixture }) => fixture.kickoff)).toEqual([new Date(again.kickoff).toISOString()]);
    expect(quarantined).toEqual([]);
  });

  test("a second time on another day is no second match: the known one stands, the other is in doubt", () => {
    const page = [told("1", "SC Freiburg", "Hamburger SV"), told("2", "SC Freiburg", "Hamburger SV")];
    expect(seen(page)).toMatchObject({ ids: [], quarantined: ["second-meeting", "second-meeting"] });
    const { observations, quarantined } = seen(page, [known("1", "sc-freiburg", "hamburger-sv")]);
    expect(observations.map(({ fixture }) => fixture.matchday)).toEqual(["1"]);
    expect(quarantined).toEqual(["second-meeting"]);
  });
});

describe("a provider's number", () => {
  const numbered = (ref: string, matchday: string | null, home: string, away: string, more: Partial<Told> = {}) =>
    told(matchday, home, away, { ref, ...more });
  const knownAs = (ref: string, match: KnownMatch): KnownMatch => ({
    ...match,
    source: () => ({ name: "openfootball", ref }),
  });
  const first = knownAs("1", known("5", "hamburger-sv", "sc-freiburg"));
  const second = knownAs("2", known("22", "sc-freiburg", "hamburger-sv"));
  const both = [first, second];

  test("that comes back with another club is no new match, and no change of the known one", () => {
    const { ids, quarantined, texts } = seen([numbered("1", "5", "VfB Stuttgart", "SC Freiburg")], both);
    expect([ids, quarantined]).toEqual([[], ["number-of-another-match"]]);
    expect(texts[0]).toContain(`1 is the number of ${first.id}, and is told of vfb-stuttgart v sc-freiburg`);
  });

  test("that comes back with home and away swapped leaves the other leg as it was, whether or not the page has that", () => {
    const swapped = numbered("1", "5", "SC Freiburg", "Hamburger SV");
    const truncated = seen([swapped], both);
    expect([truncated.ids, truncated.quarantined]).toEqual([[], ["number-of-another-match"]]);
    expect(truncated.texts[0]).toContain(`1 is the number of ${first.id}, and is told of ${second.id}`);
    const whole = seen([swapped, numbered("2", "22", "SC Freiburg", "Hamburger SV")], both);
    expect([whole.ids, whole.quarantined]).toEqual([[second.id], ["number-of-another-match"]]);
  });

  test("of a play-off keeps a corrected club and swapped home rights out as well", () => {
    const playOff = { ...known("Relegation", "vfl-bochum", "nurnberg"), id: "bl1-2025-26-vfl-bochum-nurnberg-2" };
    for (const [home, away] of [
      ["VfL Bochum", "SC Paderborn 07"],
      ["1. FC Nürnberg", "VfL Bochum"],
    ] as const)
      expect(seen([numbered("555", "Relegation", home, away)], [knownAs("555", playOff)])).toMatchObject({
        ids: [],
        quarantined: ["number-of-another-match"],
      });
  });

  test("keeps a renamed club from doubling its matches, until the table of clubs has the name", () => {
    const page = (name: string) => [numbered("1", "5", name, "SC Freiburg"), numbered("2", "22", "SC Freiburg", name)];
    expect(seen(page("Die Rothosen"), both)).toMatchObject({
      ids: [],
      quarantined: ["number-of-another-match", "number-of-another-match"],
    });
    expect(seen(page("HSV"), both)).toMatchObject({ ids: [first.id, second.id], quarantined: [] });
  });

  test("on two rows of a page with different clubs is neither's, unless one of them had it", () => {
    const page = [numbered("1", "5", "Hamburger SV", "SC Freiburg"), numbered("1", "5", "VfB Stuttgart", "RB Leipzig")];
    expect(seen(page)).toMatchObject({ ids: [], quarantined: ["number-of-another-match", "number-of-another-match"] });
    expect(seen(page, both)).toMatchObject({ ids: [first.id], quarantined: ["number-of-another-match"] });
  });

  test("that is new does not move a known match far without its round: that has a number of its own", () => {
    const far = { kickoff: start + 38 * week };
    for (const round of [null, "30"]) {
      const { ids, quarantined, texts } = seen([numbered("9", round, "Hamburger SV", "SC Freiburg", far)], both);
      expect([ids, quarantined]).toEqual([[], ["unknown-leg"]]);
      expect(texts[0]).toContain(`${first.id} has the number 1 and another date`);
    }
    expect(seen([numbered("9", "5", "Hamburger SV", "SC Freiburg", far)], both).ids).toEqual([first.id]);
    expect(seen([numbered("1", null, "Hamburger SV", "SC Freiburg", far)], both).ids).toEqual([first.id]);
    const near = { kickoff: first.kickoff + week / 7 };
    expect(seen([numbered("9", null, "Hamburger SV", "SC Freiburg", near)], both).ids).toEqual([first.id]);
  });

  test("that is new moves a match that gave way", () => {
    const replay = numbered("9", null, "Hamburger SV", "SC Freiburg", { kickoff: start + 12 * week });
    expect(seen([replay], [{ ...first, status: "postponed" }]).ids).toEqual([first.id]);
    const broken = numbered("1", "5", "Hamburger SV", "SC Freiburg", { status: "abandoned" });
    const { observations, quarantined } = seen([broken, replay], both);
    expect([observations.map(({ fixture }) => fixture.source.ref), quarantined]).toEqual([["9"], []]);
  });
});

describe("a date", () => {
  test("outside the season is in doubt", () => {
    const { quarantined, texts } = seen([
      told("34", "SC Freiburg", "Hamburger SV", { kickoff: Date.parse("2026-09-01") }),
    ]);
    expect(quarantined).toEqual(["implausible-date"]);
    expect(texts).toEqual(["2026-09-01 cannot be: the season 2025-26 is played from 2025-08-01 to 2026-08-10"]);
  });

  test("out of the rounds' order is in doubt, a postponed or early match is not", () => {
    const clubs = others.slice(0, 16);
    const page = Array.from({ length: 30 }, (_, round) =>
      clubs.slice(8).map((away, i) => told(`${round + 1}`, clubs[i] ?? "", away)),
    ).flat();
    const at = (round: string, days: number) =>
      seen([
        ...page.filter(({ home }) => home !== clubs[0]),
        told(round, clubs[0] ?? "", clubs[8] ?? "", { kickoff: start + days * 24 * 60 * 60 * 1000 }),
      ]).texts.filter((text) => text.includes("cannot be"));
    expect(at("28", 365 - 28 * 7)).toEqual([]);
    expect(at("3", 3 * 7 + 130)).toEqual([]);
    expect(at("28", 27 * 7 - 52)).toEqual([]);
    expect(at("28", 3)).toEqual(["2025-08-26 cannot be: round 28 is played around 2026-02-28"]);
    expect(at("1", 290)).toEqual(["2026-06-09 cannot be: round 1 is played around 2025-08-23"]);
  });
});
