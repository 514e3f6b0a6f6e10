import type { PollRemark } from "../match/event.ts";
import { isSamePlay } from "../match/observe.ts";
import type { League, LiveSource } from "./competitions.ts";
import type { Known, KnownMatch } from "./known.ts";
import type { Refused } from "./live.ts";
import { nameOf, recognise, type Told } from "./recognise.ts";
import { cut } from "./remark.ts";
import type { Observation, SourcePage } from "./source.ts";

/** What a provider's list of a season, or of some days of it, holds. */
export interface Heard {
  told: Told[];
  refused: Refused[];
  /** On the answer as a whole. */
  remarks: PollRemark[];
  budget: SourcePage["budget"];
}

/** A list of a season made out, and which matches it speaks of at all: one that is doubted or cannot be read is not gone. */
export interface SeasonPage extends SourcePage {
  mentions(matchId: string): boolean;
}

/** How the provider calls a match of ours. */
export interface Ref {
  /** Its number. */
  ref: string;
  home: string;
  away: string;
}

export interface SeasonPages {
  pageOf(league: League, season: string, heard: Heard, now: number): SeasonPage;
  /** As the last page that had the match; null before one. */
  refOf(matchId: string): Ref | null;
}

/** Makes out the lists of a provider that numbers its matches, and remembers the numbers. */
export function createSeasonPages(name: LiveSource, known: Known): SeasonPages {
  const refs = new Map<string, Ref>();

  /** By the provider's last page or else by the log; null where it never told us of the match. */
  function numberOf({ id, source }: Pick<KnownMatch, "id" | "source">): string | null {
    const told = refs.get(id)?.ref;
    if (told !== undefined) return told;
    const logged = source?.() ?? null;
    return logged?.name === name ? logged.ref : null;
  }

  /** With this provider's own numbers, whoever told of the match last. */
  function seenOf(competition: string, season: string): KnownMatch[] {
    return known.matches(competition, season).map((match) => ({
      ...match,
      source() {
        const ref = numberOf(match);
        return ref === null ? null : { name, ref };
      },
    }));
  }

  return {
    refOf: (matchId) => refs.get(matchId) ?? null,

    pageOf(league, season, { told, refused, remarks, budget }, now) {
      const seen = seenOf(league.id, season);
      const knownById = new Map(seen.map((match) => [match.id, match]));
      const early = told.filter((it) => it.status === "finished" && it.kickoff > now + earlyMs);
      const sound = told.filter((it) => !early.includes(it));
      const { observations, rejected, quarantined } = recognise(name, league, season, sound, { matches: () => seen });

      const byRef = new Map(told.map((one) => [one.ref, one]));
      for (const { matchId, fixture } of observations) {
        const one = byRef.get(fixture.source.ref);
        if (one !== undefined) refs.set(matchId, { ref: one.ref, home: one.home, away: one.away });
      }
      const numbers = new Set([...told, ...refused].map(({ ref }) => ref));
      const madeOut = new Set<string | null>(observations.map(({ fixture }) => fixture.source.ref));
      const isWhole = [...numbers].every((ref) => madeOut.has(ref));
      return {
        observations,
        rejected: [...remarks, ...refused.filter((it) => !it.doubtful).map(cut), ...rejected],
        quarantined: [
          ...refused.filter((it) => it.doubtful).map(cut),
          ...early.map(earlyScore),
          ...observations.flatMap((it) => takenBack(it, knownById.get(it.matchId))),
          ...quarantined,
        ],
        budget,
        exhausted: false,
        mentions(matchId) {
          const number = numberOf(knownById.get(matchId) ?? { id: matchId });
          // Without a number of the match, or of an entry, it may be any entry that was not made out.
          return number === null ? !isWhole : numbers.has(number) || numbers.has(null);
        },
      };
    },
  };
}

/** Our clock and the provider's may differ by so much. */
const earlyMs = 5 * 60_000;

function earlyScore(one: Told): PollRemark {
  const text = "has ended before its kick-off, so its date or its status is wrong";
  return cut({ code: "early-score", match: nameOf(one), text });
}

function takenBack({ matchId, fixture }: Observation, known: KnownMatch | undefined): PollRemark[] {
  const told = { status: fixture.status, kickoff: Date.parse(fixture.kickoff) };
  if (known === undefined || !isSamePlay(known, told)) return [];
  const text = `is told as ${fixture.status} again after its end: its result stands until another is told`;
  return [cut({ code: "un-ended", match: matchId, text })];
}
