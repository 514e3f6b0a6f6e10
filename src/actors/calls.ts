import type { Call } from "../match/call.ts";
import type { RosterEntry, OperatorEvent, Recorded } from "../match/event.ts";
import { isRetroUnderWay } from "../match/evolve-words.ts";
import { type Candidate, candidatesOf, type Orderer, wordOf } from "../match/orders.ts";
import { unknownMatch } from "../match/match.ts";
import { matchBook } from "../projections/book.ts";
import { type Actor, defineActor, type Handled } from "./actor.ts";
import { appendToCall, appendToMatch } from "./append.ts";
import type { Node } from "./node.ts";

/** Matches that get their word in one go: a cancelled call goes no further than this. */
const chunk = 500;

/**
 * Carries out operators' calls: each match a call is about gets its word, one fact, and then the call is marked as applied. A
 * crash in between leaves the rest to the next delivery: a match that has its word takes no second one of the same call.
 */
export function callsActor(roster: readonly RosterEntry[]): Actor {
  return defineActor({
    name: "calls",
    on: "operator",
    concurrency: 4,
    async handle({ message }, node, drain): Promise<Handled> {
      const { event, entity } = message;
      if (event === null || entity === null) return "ack";
      const given = event as OperatorEvent;
      try {
        await node.readModel.reached(message.sequence, drain);
        if (given.type === "operator.requested") return await carryOut(entity.id, given, roster, node);
        if (given.type === "operator.cancelled") return await withdraw(entity.id, node, drain);
        return "ack";
      } catch (error) {
        if (drain.aborted) return "release";
        throw error;
      }
    },
  });
}

async function carryOut(
  id: string,
  event: Recorded<"operator.requested">,
  roster: readonly RosterEntry[],
  node: Node,
): Promise<Handled> {
  const known = node.readModel.call(id);
  // Of two messages that claim to be the call, the first is.
  if (known?.requested?.sequence !== event.sequence || known.applied !== null) return "ack";
  const { order, principal } = event.data;
  const orderer: Orderer = { by: principal, letter: event.sequence };
  const scope = { policy: node.policy, roster: roster.map(({ model }) => model) };
  let requested = 0;
  const skipped: Record<string, number> = {};

  async function address({ id: matchId, match }: Candidate): Promise<void> {
    let why = "cancelled";
    let had = false;
    const written = await appendToMatch(node, match ?? unknownMatch(matchId), (state) => {
      had = state.letters.includes(event.sequence);
      if (had) return null;
      const time = node.clock.now();
      const word = wordOf(order, state.fixture === null ? null : state, { ...scope, now: time }, orderer);
      if ("why" in word) {
        why = word.why;
        return null;
      }
      return [{ ...word, id: node.newId(time), time, actor: event.actor, causationId: event.id }];
    });
    if (written.outcome === "appended" || had) requested++;
    else skipped[why] = (skipped[why] ?? 0) + 1;
  }

  for (const next of chunksOf(candidatesOf(order, matchBook(node.readModel)), chunk)) {
    if (node.readModel.call(id)?.cancelled == null) await Promise.all(next.map(address));
    else skipped["cancelled"] = (skipped["cancelled"] ?? 0) + next.length;
  }
  const time = node.clock.now();
  await appendToCall(node, known, (call) =>
    call.applied === null
      ? [
          {
            type: "operator.applied",
            id: node.newId(time),
            time,
            actor: "pipeline:calls",
            causationId: event.id,
            data: { requested, skipped },
          },
        ]
      : null,
  );
  return "ack";
}

function* chunksOf<T>(items: Iterable<T>, size: number): Iterable<T[]> {
  let chunk: T[] = [];
  for (const item of items) {
    chunk.push(item);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

/** Withdraws what nobody works on yet; what is under way ends by itself. */
async function withdraw(id: string, node: Node, drain: AbortSignal): Promise<Handled> {
  const call = await appliedCall(id, node, drain);
  if (call?.cancelled == null) return "ack";
  const { cancelled } = call;
  const { by, reason } = cancelled;
  await Promise.all(
    node.readModel.callWords(id).map(async ({ matchId, wordId }) => {
      const match = node.readModel.match(matchId);
      if (match === null) return;
      await appendToMatch(node, match, (state) => {
        if (state.retro?.id !== wordId || isRetroUnderWay(state)) return null;
        const time = node.clock.now();
        return [
          {
            type: "match.retro.cancelled",
            id: node.newId(time),
            time,
            actor: `operator:${by}`,
            causationId: cancelled.id,
            data: { request: wordId, by, reason },
          },
        ];
      });
    }),
  );
  return "ack";
}

/** The call once all its words are there: one that is still being carried out goes on to its end, which comes soon. */
function appliedCall(id: string, { readModel }: Node, drain: AbortSignal): Promise<Call | null> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const call = readModel.call(id);
      if (call !== null && call.applied === null && call.requested !== null && !drain.aborted) return;
      unwatch();
      drain.removeEventListener("abort", look);
      if (drain.aborted) reject(drain.reason as Error);
      else resolve(call);
    };
    const unwatch = readModel.onAdvance(look);
    drain.addEventListener("abort", look, { once: true });
    look();
  });
}
