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
  /** What the source would not tell of it, and why; null where it told all. */
  failed: { what: "matches" | "line-ups"; category: SourceError["category"]; text: string } | null;
}

export interface Checked {
  source: string;
  /** null for sources that know no key. */
  offer: Offer | null;
  followed: Followed[];
}

/**
 * Asks a source as a node would, and records nothing. `error` is the first of what it would not tell of a competition. Throws
 * `SourceError` where it does not even say what it offers.
 */
export async function examineSource(config: Config): Promise<{ checked: Checked; error: SourceError | null }> {
  const { source, close } = await openSource({ config, known: nothingKnown, clock: wallClock });
  const end = new AbortController();
  const timer = wallClock.after(timeoutMs, () => end.abort(new SourceError("transient", "it took too long")));
  try {
    const offer = isHttp(source) ? await source.offer(end.signal) : null;
    const followed: Followed[] = [];
    let first: SourceError | null = null;
    for (const competition of source.competitions) {
      const it: Followed = { ...competition, ...nothing };
      followed.push(it);
      try {
        const now = wallClock.now();
        // The archive plays long ago; the others are asked as a running node would.
        const from = config.source === "archive" ? null : now - weekMs;
        const page = await source.fixtures(
          competition.id,
          { from, to: now + config.policy.pollAhead },
          now,
          end.signal,
        );
        Object.assign(it, told(page, now));
        it.lineups =
          offer?.competitions.find(({ code }) => code === competition.code)?.lineups ??
          (await hasLineups(source, competition.id, page, now, end.signal));
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        first ??= error;
        const what = it.sample === null ? "matches" : "line-ups";
        it.failed = { what, category: error.category, text: error.message };
      }
    }
    return { checked: { source: source.name, offer, followed }, error: first };
  } finally {
    timer.cancel();
    await close?.();
  }
}

const timeoutMs = 120_000;
const weekMs = 7 * 24 * 60 * 60_000;

const nothing = {
  matches: 0,
  finished: 0,
  lineups: null,
  rejected: [],
  quarantined: [],
  sample: null,
  failed: null,
};

function told(page: SourcePage, now: number): Partial<Followed> {
  return {
    matches: page.observations.length,
    finished: page.observations.filter(({ fixture }) => fixture.status === "finished").length,
    rejected: page.rejected,
    quarantined: page.quarantined,
    sample: sampleOf(page, now),
  };
}

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
