import type { Probabilities, RosterEntry, Score, Team } from "../match/event.ts";
import {
  type Answer,
  type Failure,
  type Fixture,
  freshStage,
  type Ignored,
  type Match,
  type OpenRequest,
  type Outcome,
  type Result,
  type Settlement,
  type StageState,
} from "../match/match.ts";
import { fields, list, type Packing, plain, unless } from "./packed.ts";

const text = plain<string>();
const number = plain<number>();
const yes = plain<boolean>();
const maybe = <T>(packing: Packing<T>) => unless(null, packing);

const score = fields<Score>({ home: number, away: number });
const team = fields<Team>({ id: text, name: text });

const fixture = fields<Fixture>({
  competition: text,
  season: text,
  matchday: plain(),
  teams: fields<Fixture["teams"]>({ home: team, away: team }),
  kickoff: number,
  timeAssumed: yes,
  status: plain(),
  source: fields<Fixture["source"]>({ name: text, ref: text }),
  purpose: plain(),
  observedAt: number,
  id: text,
  since: number,
});

const request = fields<OpenRequest>({
  id: text,
  sequence: number,
  time: number,
  attempt: number,
  reason: plain(),
  budgetMs: number,
  retroactive: yes,
  causationId: plain(),
});

const failure = fields<Failure>({
  id: text,
  sequence: number,
  time: number,
  category: plain(),
  reason: text,
  fingerprint: text,
  attempt: number,
  of: number,
  retryAt: plain(),
  dismissed: maybe(fields<NonNullable<Failure["dismissed"]>>({ by: text, reason: text })),
});

const stage = unless(
  freshStage,
  fields<StageState>({
    attempts: number,
    asked: number,
    request: maybe(request),
    done: maybe(fields<NonNullable<StageState["done"]>>({ id: text, sequence: number, time: number })),
    failure: maybe(failure),
    opened: maybe(fields<NonNullable<StageState["opened"]>>({ id: text, reason: plain() })),
  }),
);

const outcome = fields<Outcome>({
  model: text,
  outcome: plain(),
  category: plain(),
  reason: text,
  retryAt: unless(undefined, text),
  cost: unless(undefined, number),
  round: number,
  sequence: number,
});

const result = fields<Result>({
  revision: number,
  score: fields<Result["score"]>({ regular: score, extraTime: maybe(score), shootOut: maybe(score) }),
  how: plain(),
  id: text,
  sequence: number,
  time: number,
  observedAt: number,
});

const settlement = fields<Settlement>({
  basis: text,
  revision: plain(),
  void: plain(),
  quotas: plain(),
  quotasFrom: plain(),
  quotasOf: plain(),
  points: list(fields<Settlement["points"][number]>({ model: text, points: number })),
  id: text,
  sequence: number,
  time: number,
});

/** What a match is but for its name, its version and its answers, which are kept beside it. */
export type MatchRest = Omit<Match, "id" | "version" | "answers">;

export const packedRest: Packing<MatchRest> = fields<MatchRest>({
  updatedAt: number,
  fixture: maybe(fixture),
  round: fields<Match["round"]>({
    number,
    kickoff: plain(),
    roster: maybe(list(fields<RosterEntry>({ model: text, version: text }))),
  }),
  stages: fields<Match["stages"]>({ analyse: stage, lineups: stage, predict: stage, settle: stage }),
  analysis: maybe(
    fields<NonNullable<Match["analysis"]>>({ id: text, sequence: number, asOf: number, retroactive: yes }),
  ),
  requestIds: plain(),
  predictionRequests: list(fields<Match["predictionRequests"][number]>({ id: text, round: number, retroactive: yes })),
  outcomes: list(outcome),
  result: maybe(result),
  ended: maybe(fields<NonNullable<Match["ended"]>>({ id: text, time: number })),
  settlement: maybe(settlement),
  retro: maybe(fields<NonNullable<Match["retro"]>>({ id: text, sequence: number, stages: plain() })),
  gap: maybe(fields<NonNullable<Match["gap"]>>({ severity: plain(), stage: plain(), since: number, sequence: number })),
  letters: plain(),
  ignored: list(fields<Ignored>({ sequence: number, type: text, why: text })),
});

export const packedAnswers: Packing<Answer[]> = list(
  fields<Answer>({
    model: text,
    tip: score,
    probabilities: fields<Probabilities>({ home: number, draw: number, away: number }),
    cost: number,
    round: number,
    sequence: number,
    time: number,
    retroactive: yes,
    late: yes,
  }),
);
