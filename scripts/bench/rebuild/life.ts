import type {
  Analysed,
  MatchEvent,
  MatchEventType,
  ModelTip,
  NewEvent,
  Recorded,
  Scheduled,
} from "../../../src/match/event.ts";
import { evolve } from "../../../src/match/evolve.ts";
import { type Match, unknownMatch } from "../../../src/match/match.ts";
import { defaultPolicy } from "../../../src/match/policy.ts";
import { settle } from "../../../src/match/settlement.ts";

/** How much the bodies of one match hold. */
export interface Shape {
  /** Members of the panel: an answer is 170 bytes, and one row of scores. */
  models: number;
  /** Rows of the table in an analysis: 130 bytes each. */
  teams: number;
  /** Matches of each team's form: 190 bytes each. */
  form: number;
}

/** The ten facts of a match that went well, by when they happen beside its kick-off. */
const facts = [
  ["match.scheduled", null],
  ["match.analysis.requested", -defaultPolicy.due.analyse],
  ["match.analysed", -defaultPolicy.due.analyse + 1000],
  ["match.lineups.requested", -defaultPolicy.due.lineups],
  ["match.lineups", -defaultPolicy.due.lineups + 1000],
  ["match.prediction.requested", -defaultPolicy.due.predict],
  ["match.predicted", -defaultPolicy.due.predict + 5000],
  ["match.finished", 110 * 60_000],
  ["match.settlement.requested", 110 * 60_000 + 500],
  ["match.settled", 110 * 60_000 + 1000],
] as const satisfies readonly (readonly [MatchEventType, number | null])[];

export const factsOfAMatch = facts.length;

/** One match on its way through the pipeline. The facts are folded as they are told, so that each follows from those before. */
export class Life {
  readonly id: string;
  readonly kickoff: number;
  private readonly shape: Shape;
  private readonly number: number;
  private readonly scheduledAt: number;
  private match: Match;
  private told = 0;
  private lastId: string | null = null;

  constructor(number: number, kickoff: number, scheduledAt: number, shape: Shape) {
    [this.number, this.kickoff, this.scheduledAt, this.shape] = [number, kickoff, scheduledAt, shape];
    this.id = `league${number % 20}-${new Date(kickoff).getUTCFullYear()}-home${number}-away${number}`;
    this.match = unknownMatch(this.id);
  }

  /** When a fact happens, by its number from 0; epoch milliseconds. */
  timeOf(fact: number): number {
    const after = facts[fact]?.[1] ?? null;
    return after === null ? this.scheduledAt : this.kickoff + after;
  }

  /** When the next fact happens. */
  get nextAt(): number {
    return this.timeOf(this.told);
  }

  next(id: string, sequence: number): NewEvent {
    const type = facts[this.told]?.[0];
    if (type === undefined) throw new Error(`${this.id} has no facts left`);
    const time = this.nextAt;
    this.told++;
    const event = {
      id,
      type,
      time,
      actor: "pipeline:bench",
      causationId: this.lastId,
      data: this.data(type),
    } as NewEvent;
    this.lastId = id;
    this.match = evolve(this.match, { ...event, sequence } as MatchEvent);
    const refused = this.match.ignored[0];
    if (refused !== undefined) throw new Error(`${this.id}: ${refused.type} was ignored, ${refused.why}`);
    return event;
  }

  private data(type: (typeof facts)[number][0]): Recorded["data"] {
    const { number, kickoff, shape } = this;
    const request = (stage: "analyse" | "lineups" | "predict" | "settle") =>
      ({
        stage,
        round: 1,
        attempt: 1,
        reason: "due",
        budgetMs: defaultPolicy.budget[stage],
        retroactive: false,
      }) as const;
    switch (type) {
      case "match.scheduled":
        return scheduled(number, kickoff, this.scheduledAt);
      case "match.analysis.requested":
        return request("analyse");
      case "match.analysed":
        return analysed(this.id, kickoff, shape);
      case "match.lineups.requested":
        return request("lineups");
      case "match.lineups":
        return { round: 1, available: false, why: "the source has no line-ups" };
      case "match.prediction.requested": {
        const roster = members(shape).map((model) => ({ model, version: "1" }));
        return { ...request("predict"), stage: "predict", roster };
      }
      case "match.predicted":
        return { round: 1, retroactive: false, answers: members(shape).map((model, i) => answer(model, number + i)) };
      case "match.finished": {
        const regular = { home: number % 4, away: (number >> 2) % 3 };
        const observedAt = new Date(kickoff + 110 * 60_000).toISOString();
        return { revision: 1, observedAt, score: { regular, extraTime: null, shootOut: null }, how: "regular" };
      }
      case "match.settlement.requested":
        return request("settle");
      case "match.settled": {
        const made = settle(this.match);
        if ("failed" in made) throw new Error(`${this.id} cannot be settled: ${made.failed}`);
        return made.settled;
      }
    }
  }
}

function scheduled(number: number, kickoff: number, at: number): Scheduled {
  const team = (side: string) => ({ id: `${side}${number % 380}`, name: `${side} ${number % 380}` });
  return {
    competition: `league${number % 20}`,
    season: String(new Date(kickoff).getUTCFullYear()),
    matchday: String(1 + (number % 38)),
    teams: { home: team("home"), away: team("away") },
    kickoff: new Date(kickoff).toISOString(),
    timeAssumed: false,
    status: "scheduled",
    source: { name: "bench", ref: String(number) },
    purpose: "live",
    observedAt: new Date(at).toISOString(),
    changed: ["competition", "season", "matchday", "teams", "kickoff", "status"],
  };
}

function analysed(id: string, kickoff: number, { teams, form }: Shape): Analysed {
  const at = (days: number) => new Date(kickoff - days * 86_400_000).toISOString();
  const played = (venue: "home" | "away") =>
    Array.from({ length: form }, (_, i) => {
      const score = { home: 1, away: i % 3 };
      return {
        matchId: `${id}-${i + 1}`,
        kickoff: at(7 * (i + 1)),
        opponent: `team${i}`,
        venue,
        score,
        outcome: "win" as const,
      };
    });
  return {
    round: 1,
    asOf: new Date(kickoff - defaultPolicy.due.analyse).toISOString(),
    retroactive: false,
    inputs: { results: 1500, latestKickoff: at(3) },
    form: { home: played("home"), away: played("away") },
    table: Array.from({ length: teams }, (_, i) => ({
      position: i + 1,
      team: `team${i}`,
      played: 20,
      won: 8,
      drawn: 6,
      lost: 6,
      goalsFor: 31,
      goalsAgainst: 27,
      points: 30,
    })),
    ratings: { home: 1534.2163, away: 1498.7342 },
    movement: { home: 12.5, away: -3.25 },
    restDays: { home: 7, away: 6 },
    headToHead: [],
    expectedGoals: { home: 1.48, away: 1.13 },
    sources: { results: "the log", ratings: "Elo", expectedGoals: "Elo" },
  };
}

function members({ models }: Shape): string[] {
  return Array.from({ length: models }, (_, i) => `member-${String(i + 1).padStart(2, "0")}`);
}

function answer(model: string, seed: number): ModelTip {
  const home = 0.25 + ((seed * 7919) % 4001) / 10_007;
  const draw = 0.2 + ((seed * 104_729) % 1009) / 10_007;
  return {
    model,
    tip: { home: seed % 3, away: (seed >> 1) % 2 },
    probabilities: { home, draw, away: 1 - home - draw },
    latencyMs: 1,
    cost: 0,
  };
}
