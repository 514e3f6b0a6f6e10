import { archiveRows } from "./archive-file.ts";
import {
  type ArchiveCompetition,
  type ArchiveMatch,
  type ArchiveRejection,
  archiveCompetitions,
} from "./archive-rows.ts";
import { type Observation, type Source, SourceError, type SourcePage, type Window } from "./source.ts";

export { archiveCompetitions };

export interface ArchiveOptions {
  /** Our id or the code, default the Premier League. */
  competition?: string;
  /** As `2016-17`, default the last one. Earlier seasons are shown as well, later ones never. */
  season?: string;
}

/** A match is over this long after its kick-off: the archive does not tell when it was. */
const lastsMs = 105 * 60_000;

/**
 * Five leagues from 2013 to 2017 out of the npm package vega-datasets (BSD-3, from openfootball), told as `now` would
 * have it: no result before its match is over. The data marks no awarded match, so all end as `regular`. Throws `ArchiveChoiceError` for a competition or season it has not.
 */
export function createArchive(options: ArchiveOptions = {}): Source {
  const competition = competitionNamed(options.competition ?? "pl");
  const season = seasonNamed(competition, options.season);
  const shown = (entry: ArchiveMatch | ArchiveRejection) =>
    entry.competition === competition.id && entry.season <= season;
  const matches = archiveRows().matches.filter(shown);
  const rejected = archiveRows().rejected.filter(shown);
  const byId = new Map(matches.map((match) => [match.id, match]));
  const first = matches.find((match) => match.season === season);
  const last = matches.at(-1);
  if (first === undefined || last === undefined)
    throw new Error(`${competition.id} ${season} is listed without a match`);

  function check(asked: string, signal: AbortSignal): void {
    signal.throwIfAborted();
    if (asked === competition.id) return;
    throw new SourceError(
      "permanent",
      `this archive was opened for ${competition.id}, not for ${JSON.stringify(asked)}`,
    );
  }

  return {
    name: "archive",
    competitions: [{ id: competition.id, code: competition.code, name: competition.name }],
    firstKickoff: first.kickoff,

    async fixtures(asked, window, now, signal) {
      check(asked, signal);
      return page({
        observations: within(matches, window).map((match) => observe(match, now)),
        rejected: within(rejected, window).map(({ remark }) => remark),
        exhausted: isOver(last, now) && window.to >= last.kickoff,
      });
    },

    /** Never exhausted: a sweep of named matches cannot know that the others have been seen. */
    async results(asked, matchIds, now, signal) {
      check(asked, signal);
      const found = matchIds.map((id) => byId.get(id) ?? id);
      return page({
        observations: found.filter((entry) => typeof entry !== "string").map((match) => observe(match, now)),
        rejected: found
          .filter((entry) => typeof entry === "string")
          .map((id) => ({ code: "unknown-match", match: id, text: `not in ${competition.id} up to ${season}` })),
        exhausted: false,
      });
    },

    async lineups(asked, _matchId, _now, signal) {
      check(asked, signal);
      return { available: false, why: "the archive has no line-ups" };
    },
  };
}

/** The seasons of a competition, oldest first. */
export function archiveSeasons(competition: string): string[] {
  const { id } = competitionNamed(competition);
  return [...new Set(archiveRows().matches.flatMap((match) => (match.competition === id ? [match.season] : [])))];
}

/** The archive has no such competition or season; `possible` is what it has. */
export class ArchiveChoiceError extends Error {
  override readonly name = "ArchiveChoiceError";
  readonly category = "permanent";
  readonly what: "competition" | "season";
  readonly value: string;
  readonly possible: readonly string[];

  constructor(what: "competition" | "season", value: string, possible: readonly string[]) {
    super(`unknown ${what} ${JSON.stringify(value)}: the archive has ${possible.join(", ")}`);
    this.what = what;
    this.value = value;
    this.possible = possible;
  }
}

function competitionNamed(value: string): ArchiveCompetition {
  const found = archiveCompetitions.find(({ id, code }) => id === value || code === value);
  if (found !== undefined) return found;
  throw new ArchiveChoiceError(
    "competition",
    value,
    archiveCompetitions.map(({ id }) => id),
  );
}

function seasonNamed(competition: ArchiveCompetition, value: string | undefined): string {
  const seasons = archiveSeasons(competition.id);
  const season = value ?? seasons.at(-1) ?? "";
  if (seasons.includes(season)) return season;
  throw new ArchiveChoiceError("season", season, seasons);
}

function observe(match: ArchiveMatch, now: number): Observation {
  const over = isOver(match, now);
  return {
    matchId: match.id,
    fixture: {
      competition: match.competition,
      season: match.season,
      matchday: null,
      teams: match.teams,
      kickoff: new Date(match.kickoff).toISOString(),
      timeAssumed: true,
      status: over ? "finished" : now >= match.kickoff ? "in-play" : "scheduled",
      source: { name: "archive", ref: match.ref },
    },
    result: over ? { score: { regular: match.score, extraTime: null, shootOut: null }, how: "regular" } : null,
  };
}

function isOver(match: ArchiveMatch, now: number): boolean {
  return now >= match.kickoff + lastsMs;
}

function page(told: Pick<SourcePage, "observations" | "rejected" | "exhausted">): SourcePage {
  return { ...told, quarantined: [], budget: null };
}

/** Both ends count. A simulated season asks some 2,400 times, so the entries, in order of kick-off, are searched by halves. */
function within<T extends { kickoff: number }>(entries: readonly T[], { from, to }: Window): T[] {
  const start = from === null ? 0 : firstAt(entries, from);
  return entries.slice(start, firstAt(entries, to + 1));
}

function firstAt(entries: readonly { kickoff: number }[], instant: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.kickoff ?? instant) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
