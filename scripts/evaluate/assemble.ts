import type { PlayedMatch } from "../../src/forecast/member.ts";
import type { Probabilities } from "../../src/match/event.ts";
import { matchId, teamId } from "../../src/sources/identity.ts";
import { reconcileClubs } from "./clubs.ts";
import type { Dataset } from "./dataset.ts";
import type { Remark, Row, RowFile } from "./rows.ts";
import { withDatesInSeason, withSeasons } from "./seasons.ts";

/** Data sets by competition out of files that may overlap, misdate and misspell; what is done about it is remarked. */
export function assemble(files: readonly RowFile[], remark: Remark): Dataset[] {
  const rows = bestVersions(withSeasonsTold(files), remark);
  const competitions = [...new Set(rows.map(({ competition }) => competition))].sort();
  return competitions.map((competition) =>
    datasetOf(
      competition,
      rows.filter((row) => row.competition === competition),
      remark,
    ),
  );
}

/** Files that tell no season, split by the season their dates belong to: all of a competition together, as one may begin where another ends. */
function withSeasonsTold(files: readonly RowFile[]): RowFile[] {
  const untold = new Map<string, { labels: string[]; rows: Row[] }>();
  const told: RowFile[] = [];
  for (const file of files) {
    const [first] = file.rows;
    if (first === undefined || first.season !== null) {
      told.push(file);
      continue;
    }
    const { labels, rows } = untold.get(first.competition) ?? { labels: [], rows: [] };
    untold.set(first.competition, { labels: [...labels, file.label], rows: [...rows, ...file.rows] });
  }
  for (const { labels, rows } of untold.values()) {
    const bySeason = groupBySeason(withSeasons(rows));
    for (const [season, own] of bySeason) told.push({ label: `${season} in ${labels.join(", ")}`, rows: own });
  }
  return told;
}

/** Of two files about one season the one with more results: joined, a spelling that changed in between would make two clubs. */
function bestVersions(files: readonly RowFile[], remark: Remark): Row[] {
  const best = new Map<string, RowFile>();
  for (const file of files.toSorted((a, b) => (a.label < b.label ? -1 : 1))) {
    const [first] = file.rows;
    if (first === undefined) {
      remark(`${file.label}: no results`);
      continue;
    }
    const key = `${first.competition} ${first.season}`;
    const other = best.get(key);
    const better = other === undefined || file.rows.length >= other.rows.length ? file : other;
    if (other !== undefined) {
      const left = better === file ? other : file;
      remark(`${left.label}: left out, ${better.label} is of the same season and has as many results or more`);
    }
    best.set(key, better);
  }
  return [...best.values()].flatMap(({ rows }) => rows);
}

function groupBySeason(rows: readonly Row[]): Map<string, Row[]> {
  const bySeason = new Map<string, Row[]>();
  for (const row of rows) {
    const season = bySeason.get(row.season ?? "");
    if (season) season.push(row);
    else bySeason.set(row.season ?? "", [row]);
  }
  return bySeason;
}

function datasetOf(competition: string, rows: readonly Row[], remark: Remark): Dataset {
  const bySeason = groupBySeason(rows);
  const seasons = [...bySeason.keys()].sort();
  const played = new Map<string, Set<string>>();
  for (const season of seasons) {
    for (const { home, away } of bySeason.get(season) ?? []) {
      for (const name of [home, away]) {
        const id = teamId(name);
        if (id !== null) played.set(id, (played.get(id) ?? new Set()).add(season));
      }
    }
  }
  const clubOf = reconcileClubs(competition, played, remark);
  const matches: PlayedMatch[] = [];
  const odds = new Map<string, Probabilities>();
  for (const season of seasons) {
    const met = new Map<string, number>();
    const legs = legsOf(bySeason.get(season) ?? []);
    for (const row of withDatesInSeason(competition, season, bySeason.get(season) ?? [], remark).toSorted(byDate)) {
      const [home, away] = [teamId(row.home), teamId(row.away)];
      const reject = (why: string) =>
        remark(`${competition} ${season}: rejected ${row.date} ${row.home} v ${row.away}: ${why}`);
      if (home === null || away === null) {
        reject("a team's name has no Latin letters");
        continue;
      }
      const teams = { home: clubOf(home), away: clubOf(away) };
      if (teams.home === teams.away) {
        reject("a team cannot play itself");
        continue;
      }
      const pairing = `${teams.home} ${teams.away}`;
      const leg = (met.get(pairing) ?? 0) + 1;
      if (leg > legs) {
        reject("the two have met there before this season");
        continue;
      }
      met.set(pairing, leg);
      const id = matchId({ competition, season, ...teams, leg });
      matches.push({
        matchId: id,
        competition,
        season,
        kickoff: Date.parse(`${row.date}T${row.time ?? "15:00"}:00Z`),
        ...teams,
        score: row.score,
      });
      if (row.odds) odds.set(id, row.odds);
    }
  }
  matches.sort((a, b) => a.kickoff - b.kickoff || (a.matchId < b.matchId ? -1 : 1));
  return { competition, matches, odds };
}

/** How often a pairing meets at one ground: twice where most pairings do, as in leagues of ten clubs. */
function legsOf(rows: readonly Row[]): number {
  const meetings = new Map<string, number>();
  for (const { home, away } of rows) meetings.set(`${home} ${away}`, (meetings.get(`${home} ${away}`) ?? 0) + 1);
  return rows.length > 1.5 * meetings.size ? 2 : 1;
}

function byDate(a: Row, b: Row): number {
  return a.date < b.date ? -1 : a.date > b.date ? 1 : 0;
}
