import { eventIdOf } from "../../src/events/envelope.ts";
import type { LogMessage } from "../../src/events/log.ts";
import type { MemoryServer } from "../../src/events/memory.ts";
import { letterBox } from "../../src/events/subjects.ts";
import { openModels } from "../../src/match/answers.ts";
import { gapOf } from "../../src/match/coverage.ts";
import { type Due, due } from "../../src/match/due.ts";
import { type MatchEvent, type Stage, stages } from "../../src/match/event.ts";
import { isRequest } from "../../src/match/evolve-requests.ts";
import { createChecker } from "../../src/match/invariants.ts";
import type { Match } from "../../src/match/match.ts";
import { expiresAt, isCurrent, needsNewRound } from "../../src/match/schedule.ts";
import { basisOf } from "../../src/match/settlement.ts";
import { createLogView, type LogView } from "./log-view.ts";
import type { Owner } from "./timeline.ts";
import { hour, minute, second } from "./units.ts";
import type { Witness } from "./watched-log.ts";
import type { World } from "./world.ts";

export interface Violation {
  /** Its number in architecture.md; 0 for what no run may do at all: throw, halt, never come to rest. */
  invariant: number;
  matchId: string | null;
  at: number;
  text: string;
}

/** Holds a run against the invariants while it goes, with what is known beside the log. */
export interface Judge extends Witness {
  readonly violations: readonly Violation[];
  readonly view: LogView;
  /** Ids of the events whose writers were told that they are in the log. */
  readonly confirmed: ReadonlySet<string>;
  /** Letters that have an answer, by sequence. */
  readonly answered: ReadonlySet<number>;
  /** Its sequence; past the log's end when every letter has an answer. */
  oldestUnansweredLetter(): number;
  /** Nodes that drained, with what they gave up. */
  readonly abandoned: ReadonlySet<Owner>;
  violate(invariant: number, matchId: string | null, text: string): void;
  /** Takes in what is new in the log. */
  catchUp(): void;
  asked(owner: Owner, model: string, matchId: string): void;
  /** Looks at every kick-off that time is about to pass. */
  passing(to: number): void;
  /** A look at what has been waiting for too long. */
  sample(): void;
  /** Nothing moves any more: nothing may be due. */
  quiet(): void;
}

export interface Health {
  /** Since when some node has been up and able to work; null when none is. */
  since(): number | null;
  /** When a match, one of its models or its source last was not well. */
  lastIll(matchId: string): number;
}

/** A node puts what it has seen to be due off by less than this, so that several do not all decide at once. */
export const staggerRoomMs = 60;

export function createJudge(world: World, now: () => number, server: MemoryServer, health: Health): Judge {
  const { policy } = world;
  const violations: Violation[] = [];
  const view = createLogView(server.messages);
  const checker = createChecker(policy, { neverStill: true });
  const confirmed = new Set<string>();
  const answered = new Set<number>();
  const abandoned = new Set<Owner>();
  const lives = new Map<string, number[]>();
  const dueSince = new Map<string, number>();

  function violate(invariant: number, matchId: string | null, text: string): void {
    violations.push({ invariant, matchId, at: now(), text });
  }

  function catchUp(): void {
    view.advance((message) => {
      const { entity, event, sequence } = message;
      checker.add(message);
      if (entity !== null) {
        const key = `${entity.root}.${entity.id}`;
        const life = lives.get(key);
        if (life === undefined) lives.set(key, [sequence]);
        else life.push(sequence);
      }
      if (event !== null && "letter" in event.data && event.data.letter !== null) answered.add(event.data.letter);
    });
  }

  function check(): void {
    for (const found of checker.finish(Math.floor(now())).violations) {
      if (world.plan.forged && found.invariant === 8) continue;
      violate(found.invariant, found.matchId, `${found.text} (sequence ${found.sequence})`);
    }
  }

  const requestsOpen = (match: Match): Stage[] =>
    stages.filter((stage) => {
      if (match.stages[stage].request === null) return false;
      if (stage !== "settle") return !needsNewRound(match, policy);
      const basis = basisOf(match);
      return basis !== null && basis !== match.settlement?.basis && match.retro === null;
    });

  /** What is due at an instant; retro work beyond its cap only waits for its turn. */
  function dueAt(at: number): { match: Match; it: Due }[] {
    const all = [...view.matches()].flatMap((match) => due(match, Math.floor(at), policy).map((it) => ({ match, it })));
    const retro = [...view.matches()].flatMap((match) =>
      stages.filter((stage) => match.stages[stage].request?.retroactive),
    ).length;
    return all.filter(({ it }) => it.kind !== "request" || !it.retroactive || retro < policy.inFlight.retro);
  }

  return {
    violations,
    view,
    confirmed,
    answered,
    abandoned,
    violate,
    catchUp,

    oldestUnansweredLetter() {
      catchUp();
      const open = server.messages.find(
        (it) => it.subject === letterBox && !answered.has(it.sequence) && !isForMany(it),
      );
      return open?.sequence ?? server.messages.length + 1;
    },

    appended(entity, version, events, sequence) {
      catchUp();
      const matchId = entity.root === "match" ? entity.id : null;
      const first = sequence - events.length + 1;
      for (const [at, event] of events.entries()) {
        confirmed.add(event.id);
        const stored = server.messages[first + at - 1];
        if (stored === undefined || eventIdOf(stored.body) !== event.id) {
          return violate(2, matchId, `${event.type} ${event.id} was confirmed at ${first + at} and is not there`);
        }
      }
      const before = (lives.get(`${entity.root}.${entity.id}`) ?? []).filter((it) => it < first).at(-1) ?? 0;
      if (before !== version) violate(2, matchId, `appended at version ${version} while its entity was at ${before}`);
    },

    acknowledging(message) {
      catchUp();
      const { sequence, subject, event, entity } = message;
      if (subject === letterBox) {
        if (!answered.has(sequence) && !isForMany(message))
          violate(2, null, `letter ${sequence} was acknowledged without an answer`);
        return;
      }
      if (event === null || entity === null) return;
      if (entity.root === "source" && event.type === "source.poll.requested") {
        const { request } = view.source().polls[event.data.kind];
        if (request?.id === event.id)
          violate(2, null, `poll request ${sequence} was acknowledged while nobody had answered it`);
        return;
      }
      if (entity.root !== "match" || !isRequest(event as MatchEvent)) return;
      const { stage } = event.data as { stage: Stage };
      const match = view.match(entity.id);
      const { request } = match.stages[stage];
      if (request?.id !== event.id || !isCurrent(match, stage, event.id, now(), policy)) return;
      if (now() + 1 < expiresAt(request, policy))
        violate(2, match.id, `${event.type} at ${sequence} was acknowledged while nobody had answered it`);
    },

    ended(owner, left) {
      if (left.length > 0) abandoned.add(owner);
    },

    asked(owner, model, matchId) {
      catchUp();
      const match = view.match(matchId);
      const onRoster = match.round.roster?.some((entry) => entry.model === model) === true;
      if (onRoster && !openModels(match).includes(model)) {
        violate(2, matchId, `${owner.name} asked ${model}, whose answer was in the log`);
      }
    },

    passing(to) {
      for (const match of view.matches()) {
        const { fixture } = match;
        if (fixture === null || !(fixture.kickoff > now() && fixture.kickoff <= to)) continue;
        const { kickoff, since, status, purpose } = fixture;
        const up = health.since();
        const excused =
          status !== "scheduled" || purpose === "history" || world.plan.forged || since > kickoff - 20 * minute;
        if (excused || up === null || up > kickoff - 10 * minute || health.lastIll(match.id) > kickoff - 26 * hour)
          continue;
        if (stages.some((stage) => match.stages[stage].failure?.category === "crash")) continue;
        const gap = gapOf(match, kickoff, policy);
        if (gap !== null)
          violate(5, match.id, `passes its kick-off with a gap: ${gap.missing.join(", ")}: ${gap.reason}`);
      }
    },

    sample() {
      catchUp();
      const up = health.since();
      if (up === null) return dueSince.clear();
      for (const match of view.matches()) {
        for (const stage of requestsOpen(match)) {
          const { request } = match.stages[stage];
          if (request === null || now() <= Math.max(expiresAt(request, policy), up) + minute) continue;
          violate(6, match.id, `the request for ${stage} at ${request.sequence} is unanswered a minute past its end`);
        }
      }
      const listed = new Set<string>();
      for (const { match, it } of dueAt(now())) {
        const key = `${match.id} ${it.kind} ${it.kind === "request" ? it.stage : ""} ${it.causationId}`;
        listed.add(key);
        const since = dueSince.get(key) ?? now();
        dueSince.set(key, since);
        if (now() > Math.max(since, up) + minute) violate(6, match.id, `has been due for a minute: ${describe(it)}`);
      }
      for (const key of dueSince.keys()) if (!listed.has(key)) dueSince.delete(key);
    },

    quiet() {
      catchUp();
      check();
      dueSince.clear();
      const up = health.since();
      if (up === null || up + 5 * second > now()) return;
      for (const { match, it } of dueAt(now() - staggerRoomMs))
        violate(6, match.id, `is due and nobody moves: ${describe(it)}`);
      for (const match of view.matches()) {
        for (const stage of requestsOpen(match)) {
          const { request } = match.stages[stage];
          if (request !== null && now() > expiresAt(request, policy) + second) {
            violate(6, match.id, `the request for ${stage} at ${request.sequence} has ended and nobody moves`);
          }
        }
      }
    },
  };
}

/** A letter for whatever lacks something has no answer where nothing does. */
function isForMany({ body }: Pick<LogMessage, "body">): boolean {
  return new TextDecoder().decode(body).includes('"days"');
}

function describe(it: Due): string {
  return it.kind === "request"
    ? `${it.reason} request for ${it.stage}, round ${it.round}, attempt ${it.attempt}`
    : it.kind;
}
