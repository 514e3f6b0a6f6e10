import type { EventData, EventType } from "../../src/match/event.ts";

export const at = "2025-08-15T18:30:00.000Z";
const score = { home: 2, away: 1 };
const stage = (name: "analyse" | "lineups" | "settle") =>
  ({ stage: name, round: 1, attempt: 1, reason: "due", budgetMs: 1, retroactive: false }) as const;

/** One of each, with every branch of a union somewhere. */
export const samples: { [T in EventType]: EventData[T][] } = {
  "match.scheduled": [
    {
      competition: "bl1",
      season: "2025-26",
      matchday: null,
      teams: { home: { id: "a", name: "A" }, away: { id: "b", name: "B" } },
      kickoff: at,
      timeAssumed: false,
      status: "scheduled",
      source: { name: "archive", ref: "1" },
      purpose: "live",
      observedAt: at,
      changed: ["kickoff"],
    },
  ],
  "match.analysis.requested": [stage("analyse")],
  "match.lineups.requested": [stage("lineups")],
  "match.prediction.requested": [{ ...stage("analyse"), stage: "predict", roster: [{ model: "elo", version: "1" }] }],
  "match.settlement.requested": [stage("settle")],
  "match.analysed": [
    {
      round: 1,
      asOf: at,
      retroactive: true,
      inputs: { results: 3, latestKickoff: at },
      form: { home: [{ matchId: "m", kickoff: at, opponent: "x", venue: "home", score, outcome: "win" }], away: [] },
      table: [
        { position: 1, team: "a", played: 1, won: 1, drawn: 0, lost: 0, goalsFor: 2, goalsAgainst: 1, points: 3 },
      ],
      ratings: { home: 1500.5, away: 1499.5 },
      movement: { home: 3.5, away: null },
      restDays: { home: 6.5, away: null },
      headToHead: [{ matchId: "m", kickoff: at, home: "a", away: "b", score }],
      expectedGoals: { home: 1.4, away: 1.1 },
      sources: { results: "the log", ratings: "Elo", expectedGoals: "the panel" },
    },
  ],
  "match.lineups": [
    { round: 1, available: true, home: ["x"], away: [] },
    { round: 1, available: false, why: "not published" },
  ],
  "match.predicted": [
    {
      round: 1,
      retroactive: false,
      answers: [
        { model: "elo", tip: score, probabilities: { home: 0.5, draw: 0.25, away: 0.25 }, latencyMs: 1.5, cost: 0 },
        { model: "llm", outcome: "failed", category: "transient", reason: "503" },
        {
          model: "dear",
          tip: score,
          probabilities: { home: 0.5, draw: 0.25, away: 0.25 },
          latencyMs: 900,
          cost: 0.01,
          tokens: { in: 1000, out: 50 },
          promptHash: "0123456789abcdef",
        },
        {
          model: "busy",
          outcome: "failed",
          category: "rate-limited",
          reason: "429",
          retryAt: at,
          cost: 0.01,
          tokens: { in: 1000, out: 0 },
          promptHash: "0123456789abcdef",
        },
        { model: "new", outcome: "abstained", category: null, reason: "too few matches" },
      ],
    },
  ],
  "match.finished": [
    { revision: 1, observedAt: at, score: { regular: score, extraTime: score, shootOut: null }, how: "extra-time" },
  ],
  "match.settled": [
    {
      basis: "b",
      revision: 1,
      void: null,
      quotas: { home: 2, draw: 5, away: 6 },
      quotasFrom: "live",
      quotasOf: [3],
      points: [{ model: "elo", points: 6 }],
    },
    {
      basis: "b",
      revision: null,
      void: { reason: "abandoned", status: "abandoned" },
      quotas: null,
      quotasFrom: null,
      quotasOf: [],
      points: [],
    },
  ],
  "match.failed": [
    { stage: "predict", round: 1, attempt: 1, of: 5, category: "bug", reason: "boom", fingerprint: "f", retryAt: null },
  ],
  "match.retro.requested": [{ by: "anna", reason: null, stages: ["predict"], letter: 7 }],
  "match.retry.requested": [{ by: "anna", reason: "fixed", stages: null, letter: null }],
  "match.retro.cancelled": [{ request: "01ARZ3NDEKTSV4RRFFQ69G5FAV", by: "anna", reason: null }],
  "match.failure.dismissed": [{ stage: "settle", by: "anna", reason: "known" }],
  "match.failure.restored": [{ stage: "settle", by: "anna", reason: "mistake" }],
  "match.request.rejected": [{ request: "{", letter: 7, reasons: [{ code: "not-json", text: "…" }] }],
  "match.request.noop": [{ request: "{}", letter: 7, doneBy: 3 }],
  "match.gap.raised": [{ severity: "critical", stage: "analyse", dueSince: at }],
  "match.gap.resolved": [{ severity: "missed", stage: "analyse" }],
  "source.poll.requested": [
    { kind: "fixtures", attempt: 1, reason: "due", budgetMs: 1, window: { from: null, to: at } },
  ],
  "source.polled": [
    {
      kind: "results",
      window: { from: at, to: at },
      ok: false,
      category: "rate-limited",
      reason: "429",
      retryAt: at,
      counts: { seen: 1, scheduled: 0, finished: 0, rejected: 1, quarantined: 0 },
      rejected: [{ code: "c", match: "m", text: "t" }],
      quarantined: [],
      budget: { remaining: 0, resetAt: at },
      exhausted: false,
    },
  ],
  "operator.requested": [
    {
      principal: "anna",
      order: {
        what: "backfill",
        matchIds: null,
        category: null,
        window: { from: at, to: at },
        stages: null,
        reason: null,
      },
      planHash: "p",
      idempotencyKey: null,
      bodyHash: "h",
      answer: { status: 202, body: "{}" },
    },
  ],
  "operator.applied": [{ requested: 2, skipped: { "already done": 1 } }],
  "operator.cancelled": [{ principal: "anna", reason: null }],
};
