import { wallClock } from "../../../src/clock.ts";
import type { Config } from "../../../src/config.ts";
import { openSource } from "../../../src/open-source.ts";
import { nothingKnown } from "../../../src/sources/known.ts";
import type { HttpSource, Offer } from "../../../src/sources/live.ts";
import { type Observation, type Source, SourceError, type SourcePage } from "../../../src/sources/source.ts";

/** What a source tells of one competition that would be followed. */
export interface Followed {
  id: string;
  code: string;
  name: string;
  matches: number;
  finished: number;
  /** Whether line-ups came for the match that ended last; null: no match has, or nobody can say yet. */
  lineups: boolean | null;
  rejected: SourcePage["rejected"];
  quarantined: SourcePage["quarantined"];
  /** The next match, or else the last one, as a poll would record it. */
  sample: Observation | null;
}

export interface Checked {
  source: string;
  /** null for sources that know no key. */
  offer: Offer | null;
  followed: Followed[];
}

/** Asks a source as a node would, and records nothing. Throws `SourceError`. */
export async function examineSource(config: Config): Promise<Checked> {
  const { source, close } = await openSource({ config, known: nothingKnown, clock: wallClock });
  const end = new AbortController();
  const timer = wallClock.after(timeoutMs, () => end.abort(new SourceError("transient", "it took too long")));
  try {
    const offer = isHttp(source) ? await source.offer(end.signal) : null;
    const followed: Followed[] = [];
    for (const competition of source.competitions) {
      const now = wallClock.now();
      // The archive plays long ago; the others are asked as a running node would.
      const from = config.source === "archive" ? null : now - weekMs;
      const page = await source.fixtures(competition.id, { from, to: now + config.policy.pollAhead }, now, end.signal);
      const lineups = offer?.competitions.find(({ code }) => code === competition.code)?.lineups ?? null;
      followed.push({
        ...competition,
        matches: page.observations.length,
        finished: page.observations.filter(({ fixture }) => fixture.status === "finished").length,
        lineups: lineups ?? (await hasLineups(source, competition.id, page, now, end.signal)),
        rejected: page.rejected,
        quarantined: page.quarantined,
        sample: sampleOf(page, now),
      });
    }
    return { source: source.name, offer, followed };
  } finally {
    timer.cancel();
    await close?.();
  }
}

const timeoutMs = 120_000;
const weekMs = 7 * 24 * 60 * 60_000;

function isHttp(source: Source): source is HttpSource {
  return "offer" in source;
}

function sampleOf({ observations }: SourcePage, now: number): Observation | null {
  const byKickoff = observations.toSorted((a, b) => a.fixture.kickoff.localeCompare(b.fixture.kickoff));
  const ahead = byKickoff.find(({ fixture }) => Date.parse(fixture.kickoff) >= now);
  return ahead ?? byKickoff.at(-1) ?? null;
}

/** Only asking tells it where the provider's lists do not. */
async function hasLineups(
  source: Source,
  competition: string,
  { observations }: SourcePage,
  now: number,
  signal: AbortSignal,
): Promise<boolean | null> {
  const ended = observations
    .filter(({ fixture }) => fixture.status === "finished")
    .toSorted((a, b) => a.fixture.kickoff.localeCompare(b.fixture.kickoff))
    .at(-1);
  if (ended === undefined) return null;
  return (await source.lineups(competition, ended.matchId, now, signal))?.available ?? null;
}
