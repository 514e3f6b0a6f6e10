import { decode } from "../../src/events/envelope.ts";
import type { MemoryServer } from "../../src/events/memory.ts";
import type { MatchEvent } from "../../src/match/event.ts";
import { isRequest } from "../../src/match/evolve-requests.ts";
import type { Match } from "../../src/match/match.ts";
import { basisOf } from "../../src/match/settlement.ts";
import { isTerminal } from "../../src/match/status.ts";
import { verifyReadModel } from "../../src/projections/verify.ts";
import type { Judge } from "./judge.ts";
import { type FakeModels, markOf } from "./models.ts";
import { day } from "./units.ts";
import type { World } from "./world.ts";

/** What must be true once the faults are over and everything has come to rest. */
export function judgeEnd(world: World, server: MemoryServer, judge: Judge, models: FakeModels): void {
  judge.catchUp();
  for (const fixture of world.fixtures) {
    const truth = fixture.look(world.endAt);
    const match = judge.view.match(fixture.id);
    // What is history at first sight is told once, and nobody promises that this answer was whole.
    if (!world.plan.forged && truth.kickoff > world.start - 7 * day) judgeKnown(match, truth, judge);
    judgeSettled(match, judge);
  }
  judgeAppends(world, server, judge);
  judgeAnswers(server, judge, models);
  const letters = server.messages.filter(({ subject }) => subject === "match.retro.requested");
  for (const { sequence, body } of letters) {
    const forMany = new TextDecoder().decode(body).includes('"days"');
    if (!forMany && !judge.answered.has(sequence)) judge.violate(6, null, `letter ${sequence} has no answer`);
  }
}

function judgeKnown(
  { id, fixture, result }: Match,
  truth: { kickoff: number; status: string; score: { home: number; away: number } | null },
  judge: Judge,
): void {
  if (fixture === null) return judge.violate(6, id, "was never heard of");
  if (fixture.status !== truth.status) judge.violate(6, id, `is ${truth.status}, the log says ${fixture.status}`);
  if (fixture.kickoff !== truth.kickoff)
    judge.violate(6, id, `kicks off at ${truth.kickoff}, the log says ${fixture.kickoff}`);
  const known = result?.score.regular;
  if (truth.status === "finished" && (known?.home !== truth.score?.home || known?.away !== truth.score?.away)) {
    judge.violate(6, id, `ended ${JSON.stringify(truth.score)}, the log says ${JSON.stringify(known)}`);
  }
}

function judgeSettled(match: Match, judge: Judge): void {
  const { fixture, settlement, stages, id } = match;
  if (fixture === null || fixture.purpose === "history" || !isTerminal(fixture.status)) return;
  if (settlement !== null && settlement.basis === basisOf(match)) return;
  const { failure } = stages.settle;
  if (failure !== null && failure.retryAt === null) return;
  judge.violate(3, id, `has ended and is settled on ${settlement?.basis ?? "nothing"} instead of ${basisOf(match)}`);
}

function judgeAppends(world: World, server: MemoryServer, judge: Judge): void {
  const times = new Map<string, number>();
  for (const message of server.messages) {
    const id = decode(message).event?.id;
    if (id !== undefined) times.set(id, (times.get(id) ?? 0) + 1);
  }
  for (const id of judge.confirmed) {
    const count = times.get(id) ?? 0;
    if (count === 0 || (count > 1 && !world.plan.forged))
      judge.violate(2, null, `event ${id} was confirmed and is in the log ${count} times`);
  }
}

/** Every answer a model gave to a node that lived on is in the log. */
function judgeAnswers(server: MemoryServer, judge: Judge, models: FakeModels): void {
  const kept = new Set<number>();
  for (const message of server.messages) {
    const { event } = decode(message);
    if (event?.type !== "match.predicted") continue;
    for (const answer of event.data.answers) {
      const mark = markOf(answer);
      if (mark !== null) kept.add(mark);
    }
  }
  for (const { mark, matchId, model, to } of models.given) {
    if (kept.has(mark) || to.crashed || judge.abandoned.has(to)) continue;
    judge.violate(2, matchId, `the answer #${mark} of ${model} to ${to.name} is not in the log`);
  }
}

/** Publishes every stored request of a match again, byte for byte. */
export function repeatRequests(server: MemoryServer): void {
  const requests = server.messages.filter((message) => {
    const { event, entity } = decode(message);
    return event !== null && entity?.root === "match" && isRequest(event as MatchEvent);
  });
  for (const { subject, body } of requests) server.publish(subject, body);
}

/** What of a match a request that changes nothing may not touch. */
export function contentOf(match: Match): string {
  const { version: _, ignored: __, ...content } = match;
  return JSON.stringify(content);
}

/** Invariant 1: folding the log anew gives the rows that following it gave. */
export async function judgeRows(
  world: World,
  server: MemoryServer,
  judge: Judge,
  dirs: readonly string[],
): Promise<void> {
  for (const dataDir of dirs) {
    const { differences, sequence } = await verifyReadModel({ dataDir, log: server.connect(), policy: world.policy });
    for (const { table, key, column, live, rebuilt } of differences) {
      const text = `${table} ${key}: ${column} was followed to ${JSON.stringify(live)}, rebuilt to ${JSON.stringify(rebuilt)}`;
      judge.violate(1, null, text);
    }
    if (sequence !== server.messages.length)
      judge.violate(1, null, `a read model ends at ${sequence} of ${server.messages.length}`);
  }
}
