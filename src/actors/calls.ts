import type { Call } from "../match/call.ts";
import type { OperatorApplied, OperatorEvent, Recorded, RosterEntry } from "../match/event.ts";
import { isRetroUnderWay } from "../match/evolve-words.ts";
import { type Candidate, candidatesOf, type Orderer, wordOf } from "../match/orders.ts";
import { type Match, unknownMatch } from "../match/match.ts";
import { matchBook } from "../projections/book.ts";
import { type Actor, crashedAt, defineActor, type Handled } from "./actor.ts";
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
    // What fails again and again here must not stand in the way of a match.
    aside: true,
    async handle({ message, deliveries }, node, drain): Promise<Handled> {
      const { event, entity } = message;
      if (event === null || entity === null) return "ack";
      const given = event as OperatorEvent;
      try {
        await node.readModel.reached(message.sequence, drain);
        const call = node.readModel.call(entity.id);
        if (call === null) return "ack";
        if (given.type === "operator.requested") {
          if (deliveries >= crashedAt) await giveUp(call, given, node);
          else await carryOut(call, given, roster, node);
        }
        // A call that is still being carried out is withdrawn by whoever does that, at its end: nobody waits for another.
        if (given.type === "operator.cancelled" && call.applied !== null) await withdraw(call, node);
        return "ack";
      } catch (error) {
        if (drain.aborted) return "release";
        throw error;
      }
    },
  });
}

async function carryOut(
  known: Call,
  event: Recorded<"operator.requested">,
  roster: readonly RosterEntry[],
  node: Node,
): Promise<void> {
  // Of two messages that claim to be the call, the first is. A rebuild is the business of the node that was asked.
  if (known.requested?.sequence !== event.sequence || event.data.order.what === "projections.rebuild") return;
  // It may have been cancelled, and this process's predecessor have died before it took the rest back.
  if (known.applied !== null) return withdraw(known, node);
  const { order, principal } = event.data;
  const orderer: Orderer = { by: principal, letter: event.sequence };
  const scope = { policy: node.policy, roster: roster.map(({ model }) => model) };
  const hasWord = (match: Match | null) => match?.letters.includes(event.sequence) === true;
  let requested = 0;
  const skipped: Record<string, number> = {};
  const leaveOut = (why: string) => {
    skipped[why] = (skipped[why] ?? 0) + 1;
  };

  async function address({ id: matchId, match }: Candidate): Promise<void> {
    let why = "";
    let had = false;
    const written = await appendToMatch(node, match ?? unknownMatch(matchId), (state) => {
      had = hasWord(state);
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
    else leaveOut(why);
  }

  for (const next of chunksOf(candidatesOf(order, matchBook(node.readModel)), chunk)) {
    if (node.readModel.call(known.id)?.cancelled == null) {
      await Promise.all(next.map(address));
      continue;
    }
    for (const { match } of next) {
      if (hasWord(match)) requested++;
      else leaveOut("cancelled");
    }
  }
  // The append reads what came to the call meanwhile: whether it is cancelled is known for certain after it.
  await withdraw(await applied(known, event, { requested, skipped }, node), node);
}

/** Its carrier failed or died with it again and again: it ends here, so that the calls behind it do not wait for ever. */
async function giveUp(known: Call, event: Recorded<"operator.requested">, node: Node): Promise<void> {
  if (known.requested?.sequence !== event.sequence || known.applied !== null) return;
  node.logger.error({ call: known.id, sequence: event.sequence }, "a call could not be carried out");
  await applied(known, event, { requested: 0, skipped: { "could not be carried out": 1 } }, node);
}

async function applied(
  known: Call,
  { id: causationId }: Recorded<"operator.requested">,
  data: OperatorApplied,
  node: Node,
): Promise<Call> {
  const time = node.clock.now();
  const { state } = await appendToCall(node, known, (call) =>
    call.applied === null
      ? [{ type: "operator.applied", id: node.newId(time), time, actor: "pipeline:calls", causationId, data }]
      : null,
  );
  await node.readModel.reached(state.version);
  return state;
}

/** Withdraws, of a cancelled call, what nobody works on yet; what is under way ends by itself. */
async function withdraw({ id, cancelled }: Call, node: Node): Promise<void> {
  if (cancelled === null) return;
  const { by, reason } = cancelled;
  const takeBack = async ({ matchId, wordId }: { matchId: string; wordId: string }): Promise<void> => {
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
  };
  for (const next of chunksOf(node.readModel.callWords(id), chunk)) await Promise.all(next.map(takeBack));
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
