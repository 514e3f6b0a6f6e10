import { type Clock, pause } from "../../src/clock.ts";
import {
  type LineupsAnswer,
  type Observation,
  type Source,
  SourceError,
  type SourcePage,
} from "../../src/sources/source.ts";
import type { Fixture, Truth } from "./fixtures.ts";
import type { Outage } from "./plan.ts";
import type { Owner } from "./timeline.ts";
import { competition, minute, second, sourceName } from "./units.ts";
import type { World } from "./world.ts";

/** The provider's side: it tells what is true, late, out of order, in part or again from before; or it is not there at all. */
export interface FakeProvider {
  /** As one node reaches it. */
  connect(owner: Owner, clock: Clock): Source;
  /** Calls under way of nodes that live. */
  underWay(): number;
  /** When it last did anything but answer well and soon, by match where it was about one. */
  readonly ill: Map<string, number>;
}

export function createProvider(world: World): FakeProvider {
  const random = world.random.fork();
  const ill = new Map<string, number>();
  const calls = new Set<Owner[]>();

  function outageAt(now: number): Outage | null {
    return world.plan.sourceOutages.find(({ from, to }) => now >= from && now < to) ?? null;
  }

  async function answer<T>(
    owner: Owner,
    clock: Clock,
    signal: AbortSignal,
    about: string,
    make: (now: number) => T,
  ): Promise<T> {
    const call = [owner];
    calls.add(call);
    try {
      const outage = outageAt(clock.now());
      if (outage !== null) ill.set(about, clock.now());
      const wait = outage?.how === "hangs" ? 100 * minute : random.int(20, 3 * second);
      await pause(clock, wait, signal);
      if (signal.aborted) throw new SourceError("transient", "the call was given up");
      if (outage !== null) throw refusal(outage, clock.now());
      return make(clock.now());
    } finally {
      calls.delete(call);
    }
  }

  function page(fixtures: readonly Fixture[], now: number): SourcePage {
    const lies = world.plan.sourceLies && now < world.healAt;
    const seen = fixtures.map((fixture) => {
      const truth = fixture.look(now);
      return observation(fixture, lies && random.chance(0.08) ? fixture.before : truth);
    });
    const remark =
      lies && random.chance(0.1) ? [{ code: "bad-score", match: random.pick(["x", "y"]), text: "a score of -1" }] : [];
    return {
      observations: lies ? random.shuffle(seen).slice(0, random.chance(0.1) ? 1 : seen.length) : seen,
      rejected: remark,
      quarantined: [],
      budget: random.chance(0.2) ? { remaining: random.int(0, 100), resetAt: null } : null,
      exhausted: false,
    };
  }

  return {
    underWay: () => [...calls].filter(([owner]) => owner?.dead === false).length,
    ill,
    connect: (owner, clock) => ({
      name: sourceName,
      competitions: [{ id: competition, code: "S", name: "Simulated" }],
      firstKickoff: null,
      fixtures: (_, window, __, signal) =>
        answer(owner, clock, signal, "*", (now) => {
          const listed = world.fixtures.filter((fixture) => {
            if (now < fixture.visibleAt) return false;
            const { kickoff } = fixture.look(now);
            return kickoff <= window.to && (window.from === null || kickoff >= window.from);
          });
          return page(listed, now);
        }),
      results: (_, matchIds, __, signal) =>
        answer(owner, clock, signal, "*", (now) =>
          page(
            world.fixtures.filter(({ id }) => matchIds.includes(id)),
            now,
          ),
        ),
      lineups: (_, matchId, __, signal) =>
        answer(owner, clock, signal, matchId, (now): LineupsAnswer | null => {
          if (now < world.healAt && random.chance(0.3)) return null;
          return random.chance(0.1)
            ? { available: false, why: "this league has none" }
            : { available: true, home: ["one", "two"], away: [`three of ${matchId}`] };
        }),
    }),
  };
}

function refusal({ how, to }: Outage, now: number): SourceError {
  switch (how) {
    case "limited":
      return new SourceError("rate-limited", "too many calls", { retryAt: Math.min(to, now + 20 * minute) });
    case "back-at-once":
      return new SourceError("rate-limited", "too many calls", { retryAt: now });
    case "hangs":
    case "fails":
      return new SourceError("transient", "503");
  }
}

function observation({ id, home, away }: Fixture, { kickoff, status, score }: Truth): Observation {
  return {
    matchId: id,
    fixture: {
      competition,
      season: "2024",
      matchday: "1",
      teams: { home: { id: home, name: home }, away: { id: away, name: away } },
      kickoff: new Date(kickoff).toISOString(),
      timeAssumed: false,
      status,
      source: { name: sourceName, ref: id },
    },
    result:
      score === null || status !== "finished"
        ? null
        : { score: { regular: score, extraTime: null, shootOut: null }, how: "regular" },
  };
}
