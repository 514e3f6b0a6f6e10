import { failedAttempt, type FailureCause } from "../../src/match/attempts.ts";
import { digest } from "../../src/match/digest.ts";
import { type Due, due } from "../../src/match/due.ts";
import type {
  Analysed,
  Category,
  Finished,
  MatchEvent,
  MatchEventData,
  MatchEventType,
  ModelAnswer,
  OperatorWord,
  Recorded,
  RequestReason,
  RosterEntry,
  Scheduled,
  Score,
  Settled,
  Stage,
  StageRequested,
} from "../../src/match/event.ts";
import { evolve } from "../../src/match/evolve.ts";
import { requestTypeOf } from "../../src/match/evolve-requests.ts";
import { type Match, type MatchEntry, unknownMatch } from "../../src/match/match.ts";
import { defaultPolicy, type Policy } from "../../src/match/policy.ts";
import { settle } from "../../src/match/settlement.ts";

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

export const kickoff = Date.parse("2017-01-14T15:00:00.000Z");
export const roster: RosterEntry[] = ["elo", "poisson", "pi"].map((model) => ({ model, version: "1" }));

/** A tip with plausible probabilities. */
export function tip(model: string, home = 1, away = 0): ModelAnswer {
  return { model, tip: { home, away }, probabilities: { home: 0.5, draw: 0.25, away: 0.25 }, latencyMs: 5, cost: 0 };
}

export function failedModel(model: string, category: Category): ModelAnswer {
  return { model, outcome: "failed", category, reason: `${model} ${category}` };
}

export const fixture: Scheduled = {
  competition: "pl",
  season: "2016-17",
  matchday: "21",
  teams: { home: { id: "a", name: "A" }, away: { id: "b", name: "B" } },
  kickoff: new Date(kickoff).toISOString(),
  timeAssumed: false,
  status: "scheduled",
  source: { name: "archive", ref: "1" },
  purpose: "live",
  observedAt: new Date(kickoff - 2 * day).toISOString(),
  changed: ["kickoff"],
};

const analysis: Omit<Analysed, "round" | "asOf" | "retroactive"> = {
  inputs: { results: 0, latestKickoff: null },
  form: { home: [], away: [] },
  table: [],
  ratings: { home: 1500, away: 1500 },
  restDays: { home: null, away: null },
  headToHead: [],
  expectedGoals: { home: 1.5, away: 1.1 },
  movement: { home: null, away: null },
  sources: { results: "the log", ratings: "Elo", expectedGoals: "Elo" },
};

export type Asked = Partial<Omit<StageRequested, "stage">> & { roster?: RosterEntry[] };

/**
 * Writes the life of one match as a log would hold it: sequences, ids, rounds and causes come by themselves from what was
 * written before, and any of them can be overridden. `match` is the fold of it.
 *
 *     history("pl-2016-17-a-b").at(kickoff - 7 * hour).scheduled().requested("analyse").analysed().match
 */
export class History {
  readonly id: string;
  readonly entries: MatchEntry[] = [];
  match: Match;
  now: number;
  readonly policy: Policy;

  constructor(id: string, now: number, policy: Policy) {
    this.id = id;
    this.match = unknownMatch(id);
    this.now = now;
    this.policy = policy;
  }

  get events(): MatchEvent[] {
    return this.entries.filter((entry): entry is MatchEvent => entry.type !== null);
  }

  get last(): MatchEvent {
    const last = this.events.at(-1);
    if (last === undefined) throw new Error("nothing was written yet");
    return last;
  }

  /** Later events happen then (epoch milliseconds). */
  at(now: number): this {
    this.now = now;
    return this;
  }

  after(ms: number): this {
    return this.at(this.now + ms);
  }

  /** Any event, as forged as wanted. */
  event<T extends MatchEventType>(
    type: T,
    data: MatchEventData[T],
    envelope: Partial<Omit<Recorded, "type" | "data">> = {},
  ): this {
    const sequence = this.match.version + 1;
    const defaults = {
      sequence,
      id: idOf(this.id, sequence),
      time: this.now,
      actor: "pipeline:test",
      causationId: null,
    };
    return this.entry({ ...defaults, ...envelope, type, data } as unknown as MatchEvent);
  }

  entry(entry: MatchEntry): this {
    this.entries.push(entry);
    this.match = evolve(this.match, entry);
    return this;
  }

  /** A message of the match that does not decode. */
  broken(): this {
    return this.entry({ sequence: this.match.version + 1, type: null });
  }

  /** Unnamed fields stay as they are; observed now. */
  scheduled(changes: Partial<Omit<Scheduled, "kickoff">> & { kickoff?: number } = {}): this {
    const { match, now } = this;
    const { id: _, since: __, ...known } = match.fixture ?? { ...fixture, id: "", since: 0 };
    const at = changes.kickoff ?? known.kickoff;
    const observedAt = new Date(now).toISOString();
    return this.event("match.scheduled", {
      ...known,
      changed: [],
      observedAt,
      ...changes,
      kickoff: new Date(at).toISOString(),
    });
  }

  requested(stage: Stage, asked: Asked = {}): this {
    const { round, retro, stages, fixture: known, analysis: analysed } = this.match;
    const retroactive = asked.retroactive ?? retro?.stages.includes(stage) ?? false;
    const { roster: given = round.roster ?? roster, ...rest } = asked;
    const reason: RequestReason = retroactive ? "retro" : "due";
    const data = {
      round: round.number,
      attempt: stages[stage].attempts + 1,
      reason,
      budgetMs: this.policy.budget[stage],
      retroactive,
      ...rest,
    };
    const cause = (retroactive ? retro?.id : stage === "predict" ? analysed?.id : null) ?? known?.id ?? null;
    if (stage === "predict")
      return this.event("match.prediction.requested", { stage, ...data, roster: given }, { causationId: cause });
    return this.event(requestTypeOf(stage), { stage, ...data }, { causationId: cause });
  }

  analysed(changes: Partial<Analysed> = {}): this {
    const request = this.match.stages.analyse.request;
    const asOf = new Date((this.match.fixture?.kickoff ?? kickoff) - this.policy.due.analyse).toISOString();
    const data = {
      round: this.match.round.number,
      asOf,
      retroactive: request?.retroactive ?? false,
      ...analysis,
      ...changes,
    };
    return this.event("match.analysed", data, { causationId: request?.id ?? null });
  }

  lineups(available = true): this {
    const round = this.match.round.number;
    const causationId = this.match.stages.lineups.request?.id ?? this.match.fixture?.id ?? null;
    if (available) return this.event("match.lineups", { round, available, home: ["h"], away: ["a"] }, { causationId });
    return this.event("match.lineups", { round, available, why: "not there" }, { causationId });
  }

  /** Answers the newest prediction request, open or not; by default every roster model tips 1-0. */
  predicted(answers?: ModelAnswer[]): this {
    const request = this.match.predictionRequests.at(-1);
    const all = answers ?? (this.match.round.roster ?? roster).map(({ model }) => tip(model));
    const data = { round: request?.round ?? 1, retroactive: request?.retroactive ?? false, answers: all };
    return this.event("match.predicted", data, { causationId: request?.id ?? null });
  }

  finished(home = 1, away = 0, changes: Partial<Finished> = {}): this {
    const regular: Score = { home, away };
    const revision = (this.match.result?.revision ?? 0) + 1;
    const score = { regular, extraTime: null, shootOut: null };
    return this.event("match.finished", {
      revision,
      observedAt: new Date(this.now).toISOString(),
      score,
      how: "regular",
      ...changes,
    });
  }

  /** As the settle stage would: `settled`, or `failed` for want of predictions. */
  settled(changes: Partial<Settled> = {}): this {
    const made = settle(this.match);
    if ("failed" in made) return this.failed("settle", { category: made.failed });
    const causationId = this.match.stages.settle.request?.id ?? null;
    return this.event("match.settled", { ...made.settled, ...changes }, { causationId });
  }

  failed(stage: Stage, cause: Partial<FailureCause> = {}): this {
    const request = this.match.stages[stage].request;
    const asked = { stage, round: this.match.round.number, attempt: request?.attempt ?? 1 };
    const data = failedAttempt(asked, { category: "transient", reason: "no answer", ...cause }, this.now, this.policy);
    return this.event("match.failed", data, { causationId: request?.id ?? null });
  }

  retro(word: Partial<OperatorWord> = {}): this {
    return this.event("match.retro.requested", { by: "me", reason: null, stages: null, letter: null, ...word });
  }

  retry(word: Partial<OperatorWord> = {}): this {
    return this.event("match.retry.requested", { by: "me", reason: null, stages: null, letter: null, ...word });
  }

  /** Withdraws the retro request in flight, or the one named. */
  cancelled(request = this.match.retro?.id ?? "", reason: string | null = null): this {
    return this.event("match.retro.cancelled", { request, by: "me", reason });
  }

  /** Appends what is due now, as dispatch does; returns it. */
  dispatch(only: (due: Due) => boolean = () => true): Due[] {
    const dues = due(this.match, this.now, this.policy).filter(only);
    for (const it of dues) this.appendDue(it);
    return dues;
  }

  private appendDue(it: Due): void {
    const { causationId } = it;
    switch (it.kind) {
      case "request": {
        const { kind: _, causationId: __, stage, ...asked } = it;
        const frozen = asked.round === this.match.round.number ? this.match.round.roster : null;
        if (stage !== "predict") this.event(requestTypeOf(stage), { stage, ...asked }, { causationId });
        else this.event("match.prediction.requested", { stage, ...asked, roster: frozen ?? roster }, { causationId });
        return;
      }
      case "missed":
        this.event("match.failed", it.data, { causationId });
        return;
      case "no-lineups":
        this.event("match.lineups", it.data, { causationId });
        return;
      case "retro":
        this.event("match.retro.requested", it.data, { causationId });
        return;
      case "gap-raised":
        this.event("match.gap.raised", it.data, { causationId });
        return;
      case "gap-resolved":
        this.event("match.gap.resolved", it.data, { causationId });
    }
  }
}

export function history(id = "pl-2016-17-a-b", now = kickoff - 2 * day, policy = defaultPolicy): History {
  return new History(id, now, policy);
}

/** Shaped as a ULID, and the same in every run. */
export function idOf(matchId: string, sequence: number): string {
  return `0${digest(matchId).toUpperCase()}${String(sequence).padStart(9, "0")}`;
}

/** What `due` says, in short: `analyse due`, `missed predict`, `gap critical predict`. */
export function said(dues: readonly Due[]): string[] {
  return dues.map((it) => {
    switch (it.kind) {
      case "request":
        return `${it.stage} ${it.reason}${it.attempt === 1 ? "" : ` ${it.attempt}`}${it.round === 1 ? "" : ` round ${it.round}`}${it.retroactive ? " retroactive" : ""}`;
      case "missed":
        return `missed ${it.data.stage}`;
      case "no-lineups":
        return "no line-ups";
      case "retro":
        return "retro";
      case "gap-raised":
        return `gap ${it.data.severity} ${it.data.stage}`;
      case "gap-resolved":
        return "gap resolved";
    }
  });
}
