import type { NewEvent, Polled, PollRequested, Recorded } from "../match/event.ts";
import { remarkKey, type SourceState, sweptKickoffs } from "../match/polling.ts";
import { type Source, SourceError, type SourcePage } from "../sources/source.ts";
import { crashedAt, defineActor, type Handled } from "./actor.ts";
import { appendToSource } from "./append.ts";
import { untilAborted } from "./deadline.ts";
import { Stopped } from "./errors.ts";
import { causeOf } from "./failure.ts";
import { ingest } from "./ingest.ts";
import type { Node } from "./node.ts";

/** Remarks a `source.polled` carries at most; its counts have the number. */
const remarksMax = 50;

type Request = Recorded<"source.poll.requested">;

/** Asks a source for fixtures or results and states what is new: first on the matches, then that it polled. */
export function pollActor(sources: readonly Source[]) {
  return defineActor({
    name: "poll",
    on: "poll",
    concurrency: 4,
    async handle(delivery, node, drain): Promise<Handled> {
      const { entity, event } = delivery.message;
      if (entity?.root !== "source" || event?.type !== "source.poll.requested") return "ack";
      try {
        await node.readModel.reached(event.sequence, drain);
      } catch {
        return "release";
      }
      const [name, competition] = splitSourceId(entity.id);
      const source = sources.find((it) => it.name === name);
      const state = node.readModel.source(entity.id);
      // A source that is no longer configured asks nothing: its requests are dropped like any that is not current.
      if (source === undefined || state.polls[event.data.kind].request?.id !== event.id) return "ack";
      const crashed = new SourceError("crash", `its process died ${delivery.deliveries - 1} times with it`);
      const polled =
        delivery.deliveries >= crashedAt
          ? failedPoll(event.data, crashed)
          : await poll(source, competition, event, state, node, drain);
      if (polled === null) return "release";
      await append(node, state, event, polled);
      return "ack";
    },
  });
}

export function sourceId(source: Source, competition: string): string {
  return `${source.name}.${competition}`;
}

function splitSourceId(id: string): [name: string, competition: string] {
  const dot = id.indexOf(".");
  return [id.slice(0, dot), id.slice(dot + 1)];
}

/** null: told to stop, nothing is to be said. */
async function poll(
  source: Source,
  competition: string,
  request: Request,
  state: SourceState,
  node: Node,
  drain: AbortSignal,
): Promise<Polled | null> {
  const controller = new AbortController();
  const { kind, window, budgetMs } = request.data;
  const timer = node.clock.after(budgetMs, () => controller.abort(new Stopped("budget")));
  const stop = () => controller.abort(new Stopped("drain"));
  if (drain.aborted) stop();
  else drain.addEventListener("abort", stop, { once: true });
  const observedAt = node.clock.now();
  try {
    const page = await untilAborted(
      fetchPage(source, competition, request.data, node, controller.signal),
      controller.signal,
      node.clock,
    );
    const counts = await ingest(
      node,
      page.observations,
      { observedAt, actor: "pipeline:poll", causationId: request.id, known: (id) => node.readModel.match(id) },
      controller.signal,
    );
    const known = new Set(state.remarks);
    const rejected = page.rejected.filter((remark) => !known.has(remarkKey(remark)));
    const quarantined = page.quarantined.filter((remark) => !known.has(remarkKey(remark)));
    return {
      kind,
      window,
      ok: true,
      category: null,
      reason: null,
      retryAt: null,
      counts: { seen: page.observations.length, ...counts, rejected: rejected.length, quarantined: quarantined.length },
      rejected: rejected.slice(0, remarksMax),
      quarantined: quarantined.slice(0, remarksMax),
      budget: page.budget,
      exhausted: page.exhausted,
    };
  } catch (error) {
    const why = controller.signal.reason instanceof Stopped ? controller.signal.reason.why : null;
    if (why === "drain") return null;
    return failedPoll(
      request.data,
      why === "budget" ? new SourceError("transient", `no answer within ${budgetMs / 1000} s`) : error,
    );
  } finally {
    timer.cancel();
    drain.removeEventListener("abort", stop);
  }
}

function fetchPage(
  source: Source,
  competition: string,
  data: PollRequested,
  node: Node,
  signal: AbortSignal,
): Promise<SourcePage> {
  const now = node.clock.now();
  const { window, kind } = data;
  if (kind === "fixtures") {
    const from = window.from === null ? null : Date.parse(window.from);
    return source.fixtures(competition, { from, to: Date.parse(window.to) }, now, signal);
  }
  const oldest = window.from === null ? 0 : Date.parse(window.from);
  const { from, to } = sweptKickoffs(now, node.policy);
  const waiting = node.readModel.awaitingMatches(competition, to, Math.max(from, oldest));
  return source.results(competition, waiting, now, signal);
}

function failedPoll({ kind, window }: PollRequested, error: unknown): Polled {
  const known = error instanceof SourceError;
  const { category, reason } = known ? { category: error.category, reason: error.message } : causeOf(error);
  const retryAt = known && error.retryAt !== null ? new Date(error.retryAt).toISOString() : null;
  return {
    kind,
    window,
    ok: false,
    category,
    reason: reason.slice(0, 300),
    retryAt,
    counts: { seen: 0, scheduled: 0, finished: 0, rejected: 0, quarantined: 0 },
    rejected: [],
    quarantined: [],
    // What refused this competition refuses the provider's others too: they need not ask.
    budget: category === "budget" && retryAt !== null ? { remaining: 0, resetAt: retryAt } : null,
    exhausted: false,
  };
}

async function append(node: Node, state: SourceState, request: Request, polled: Polled): Promise<void> {
  const time = node.clock.now();
  const fact: NewEvent<"source.polled"> = {
    id: node.newId(time),
    type: "source.polled",
    time,
    actor: "pipeline:poll",
    causationId: request.id,
    data: polled,
  };
  await appendToSource(node, state, (source) => (source.polls[polled.kind].request?.id === request.id ? [fact] : null));
}
