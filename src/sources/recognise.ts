import type { PollRemark } from "../match/event.ts";
import type { Status } from "../match/status.ts";
import { clubDoubts } from "./club-doubts.ts";
import type { League, LiveSource } from "./competitions.ts";
import { type ClubName, clubOf } from "./club-names.ts";
import { matchId } from "./identity.ts";
import type { Known } from "./known.ts";
import { numberCheck } from "./match-numbers.ts";
import { meetingsIn } from "./meetings.ts";
import { cut } from "./remark.ts";
import { matchdayOf, type Round, roundOf } from "./rounds.ts";
import { dateCheck } from "./season-dates.ts";
import type { Observation } from "./source.ts";

/** One match as a provider tells it, before we know which of ours it is. */
export interface Told {
  /** How the provider names it: its number, or words that only a new spelling changes. */
  ref: string;
  /** The round as the provider calls it. */
  matchday: string | null;
  home: string;
  away: string;
  /** Epoch milliseconds. */
  kickoff: number;
  timeAssumed: boolean;
  status: Status;
  result: Observation["result"];
}

export interface Recognised {
  observations: Observation[];
  rejected: PollRemark[];
  quarantined: PollRemark[];
}

/** A told match whose clubs are made out. */
export interface Paired {
  told: Told;
  round: Round;
  home: ClubName;
  away: ClubName;
}

/**
 * Which of our matches a page of one season tells about. What is known of the season and the rest of the page are the
 * evidence: a match whose date, club or meeting is in doubt is quarantined with the reason, and becomes neither another match nor
 * a change of one. The order of the page means nothing.
 */
export function recognise(
  source: LiveSource,
  league: League,
  season: string,
  told: readonly Told[],
  known: Known,
): Recognised {
  const seen = known.matches(league.id, season);
  const found: Recognised = { observations: [], rejected: [], quarantined: [] };
  const reject = (one: Told, code: string, text: string) =>
    found.rejected.push(cut({ code, match: nameOf(one), text }));
  const quarantine = (one: Told, code: string, text: string) =>
    found.quarantined.push(cut({ code, match: nameOf(one), text }));

  const paired: Paired[] = [];
  for (const one of told) {
    const [home, away] = [clubOf(league.country, one.home), clubOf(league.country, one.away)];
    if (home === null || away === null || Math.max(home.id.length, away.id.length) > clubMax) {
      const name = home === null || home.id.length > clubMax ? one.home : one.away;
      reject(one, "unreadable-club", `no id can be made of the club's name ${JSON.stringify(name.slice(0, 80))}`);
    } else if (home.mayBe !== undefined || away.mayBe !== undefined) {
      const [name, clubs] = home.mayBe === undefined ? [one.away, away.mayBe ?? []] : [one.home, home.mayBe];
      quarantine(
        one,
        "doubtful-club",
        `${JSON.stringify(name)} may be ${clubs.join(" or ")}: only a longer name tells`,
      );
    } else if (home.id === away.id) reject(one, "same-club", `${one.home} and ${one.away} are one club`);
    else paired.push({ told: one, round: roundOf(one.matchday), home, away });
  }

  const whyNotIt = numberCheck(paired, seen);
  const own = paired.filter((it) => {
    const why = whyNotIt(it);
    if (why !== null) quarantine(it.told, why.code, why.text);
    return why === null;
  });

  const whyNotThen = dateCheck(
    league,
    season,
    told.map(({ matchday, kickoff }) => ({ round: matchday, kickoff })),
    seen,
  );
  const dated = own.filter(({ told: one }) => {
    const why = whyNotThen({ round: one.matchday, kickoff: one.kickoff });
    if (why !== null) quarantine(one, "implausible-date", `${dayOf(one.kickoff)} cannot be: ${why}`);
    return why === null;
  });

  const whyNotThey = clubDoubts(league, season, dated, seen);
  const certain = dated.filter(({ told: one, home, away }) => {
    const why = whyNotThey(home.id) ?? whyNotThey(away.id);
    if (why !== null) quarantine(one, "doubtful-club", `${why}; a row in the table of clubs lets it in`);
    return why === null;
  });

  const names = new Map(seen.flatMap(({ home, away }) => [home, away]).map(({ id, name }) => [id, name]));
  const nameOfClub = (club: ClubName, given: string) => club.name ?? names.get(club.id) ?? given;
  const labels = new Map(seen.map(({ id, matchday }) => [id, matchday]));
  for (const { paired: it, leg, problem } of meetingsIn(league, season, certain, seen)) {
    const { told: one, home, away } = it;
    if (problem !== null) {
      if (problem.sure) reject(one, problem.code, problem.text);
      else quarantine(one, problem.code, problem.text);
      continue;
    }
    const id = matchId({ competition: league.id, season, home: home.id, away: away.id, leg });
    found.observations.push({
      matchId: id,
      fixture: {
        competition: league.id,
        season,
        // What is no longer told takes nothing back: the label is what a play-off is known by when it moves.
        matchday: matchdayOf(it.round) ?? labels.get(id) ?? null,
        teams: {
          home: { id: home.id, name: nameOfClub(home, one.home) },
          away: { id: away.id, name: nameOfClub(away, one.away) },
        },
        kickoff: new Date(one.kickoff).toISOString(),
        timeAssumed: one.timeAssumed,
        status: one.status,
        source: { name: source, ref: one.ref },
      },
      result: one.result,
    });
  }
  return found;
}

/** Characters of a club's id: two of them, a competition, a season and a leg must fit into a match id. */
const clubMax = 60;

/** As remarks call it. */
export function nameOf({ ref, home, away }: Told): string {
  return /^\d+$/.test(ref) ? `${ref} (${home} v ${away})` : ref;
}

function dayOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}
