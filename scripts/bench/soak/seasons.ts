import type { Source } from "../../../src/sources/source.ts";

/** A league of 20 that plays one round a day and begins anew four days after the last: a provider that never runs dry. */
export const seasonMatches = 380;
const teams = 20;
const rounds = 2 * (teams - 1);
const dayMs = 86_400_000;
const seasonMs = (rounds + 4) * dayMs;
/** No later than the wall, which a log holds against an event's time, for the 478 seasons up to the year 2026. */
const firstKickoff = Date.UTC(1971, 0, 1, 15);
const lastsMs = 2 * 3_600_000;
const competition = "soak";

export function seasonsSource(): Source {
  return {
    name: "seasons",
    competitions: [{ id: competition, code: "SOAK", name: "Soak" }],
    firstKickoff,
    fixtures: async (_, { from, to }, now) => page(between(from ?? firstKickoff, to).map((it) => shown(it, now))),
    results: async (_, ids, now) => page(ids.flatMap((id) => matchNamed(id) ?? []).map((it) => shown(it, now))),
    lineups: async () => ({ available: false, why: "this league tells none" }),
  };
}

interface Fixture {
  season: number;
  round: number;
  home: number;
  away: number;
}

const kickoffOf = ({ season, round }: Fixture) => firstKickoff + season * seasonMs + round * dayMs;

function between(from: number, to: number): Fixture[] {
  const found: Fixture[] = [];
  const seasonAt = (at: number) => Math.floor((at - firstKickoff) / seasonMs);
  for (let season = Math.max(0, seasonAt(from)); season <= seasonAt(to); season++) {
    for (let round = 0; round < rounds; round++) {
      const day = roundOf(season, round);
      const at = kickoffOf({ season, round, home: 0, away: 0 });
      if (at >= from && at <= to) found.push(...day);
    }
  }
  return found;
}

/** The circle method: one team stands still, the others go round it; sides change every round, and so, as their number is odd, from the first half to the second. */
function roundOf(season: number, round: number): Fixture[] {
  const turn = round % (teams - 1);
  return Array.from({ length: teams / 2 }, (_, i) => {
    const place = (at: number) => (at === 0 ? 0 : 1 + ((at - 1 + turn) % (teams - 1)));
    const pair = [place(i), place(teams - 1 - i)] as const;
    const [home, away] = round % 2 === 0 ? pair : ([pair[1], pair[0]] as const);
    return { season, round, home, away };
  });
}

const idOf = ({ season, round, home, away }: Fixture) => `${competition}-s${season}-r${round}-t${home}-t${away}`;

function matchNamed(id: string): Fixture | null {
  const [season, round, home, away] = (/^soak-s(\d+)-r(\d+)-t(\d+)-t(\d+)$/.exec(id) ?? []).slice(1).map(Number);
  return season === undefined || round === undefined || home === undefined || away === undefined
    ? null
    : { season, round, home, away };
}

function shown(fixture: Fixture, now: number) {
  const kickoff = kickoffOf(fixture);
  const over = now >= kickoff + lastsMs;
  const team = (number: number) => ({ id: `t${number}`, name: `Team ${number}` });
  return {
    matchId: idOf(fixture),
    fixture: {
      competition,
      season: `s${fixture.season}`,
      matchday: String(fixture.round + 1),
      teams: { home: team(fixture.home), away: team(fixture.away) },
      kickoff: new Date(kickoff).toISOString(),
      timeAssumed: false,
      status: over ? ("finished" as const) : now >= kickoff ? ("in-play" as const) : ("scheduled" as const),
      source: { name: "seasons", ref: idOf(fixture) },
    },
    result: over
      ? { score: { regular: scoreOf(fixture), extraTime: null, shootOut: null }, how: "regular" as const }
      : null,
  };
}

/** Lower numbers are the better teams; the rest is arithmetic that looks like chance and is the same in every run. */
function scoreOf({ season, round, home, away }: Fixture) {
  const chance = (salt: number) =>
    (((season * 7919 + round * 104_729 + home * 1_299_709 + away * 611_953 + salt) * 2_654_435_761) % 4_294_967_296) /
    4_294_967_296;
  const goals = (own: number, other: number, bonus: number, salt: number) =>
    Math.floor((1.4 + bonus + (other - own) / 25) * 2 * chance(salt));
  return { home: goals(home, away, 0.2, 1), away: goals(away, home, 0, 2) };
}

function page(observations: ReturnType<typeof shown>[]) {
  return { observations, rejected: [], quarantined: [], budget: null, exhausted: false };
}
