import type { Config } from "../../src/config.ts";
import { wallClock } from "../../src/clock.ts";
import { matchEntry } from "../../src/events/entries.ts";
import { costsOf, hindsightOf, mayLack } from "../../src/match/backfill.ts";
import { evolve } from "../../src/match/evolve.ts";
import { type Match, unknownMatch } from "../../src/match/match.ts";
import type { MatchBook } from "../../src/match/orders.ts";
import { idsOf, matchBook } from "../../src/projections/book.ts";
import { openReadOnly, type ReadOnlyModel } from "../../src/projections/reader.ts";
import { clockOf, type LogAccess, nodeOf, withLog } from "./log-access.ts";
import { pipelineNow } from "./now.ts";
import { withReadModel } from "./read-model.ts";
import { wholeLog } from "../../src/events/whole-log.ts";

/** Every match as a command knows it. */
export interface KnownMatches extends MatchBook {
  /** Everything in the log up to here is known. */
  readonly sequence: number;
  /** The pipeline's clock, epoch milliseconds. */
  now(): number;
  ids(): string[];
}

/**
 * Lets `work` ask what is known of the matches: the read model, where a node keeps it or there is no other log; else the log
 * itself, folded. `access` is the log that the caller has open, null for none.
 */
export async function withMatches<T>(
  config: Config,
  access: LogAccess | null,
  work: (known: KnownMatches) => T | Promise<T>,
): Promise<T> {
  const node = nodeOf(config);
  // Without a node that follows it, the read model may be far behind a log that is elsewhere.
  if (node === null && config.natsUrl === null)
    return withReadModel(config, async (it) => work(await asRead(config, it)));
  const readModel = node === null ? null : openReadOnly(config.dataDir);
  if (readModel === null) {
    const known =
      access === null ? await withLog(config, (it) => asFolded(config, it)) : await asFolded(config, access);
    return work(known);
  }
  try {
    return await work(await asRead(config, readModel));
  } finally {
    readModel.close();
  }
}

async function clockFor(config: Config, lastEventTime: () => number | null): Promise<() => number> {
  const began = await pipelineNow(config, lastEventTime);
  return clockOf(config) === "wall" ? wallClock.now : () => began;
}

async function asRead(config: Config, readModel: ReadOnlyModel): Promise<KnownMatches> {
  const now = await clockFor(config, readModel.lastEventTime);
  const sequence = readModel.sequence();
  return { ...matchBook(readModel), sequence, now, ids: () => idsOf(readModel, {}) };
}

async function asFolded(config: Config, { log, signal }: LogAccess): Promise<KnownMatches> {
  const matches = new Map<string, Match>();
  let [sequence, dispatchedAt] = [0, null as number | null];
  for await (const message of wholeLog(log, signal)) {
    const { entity, event } = message;
    sequence = message.sequence;
    if (event?.actor === "pipeline:dispatch") dispatchedAt = Math.max(dispatchedAt ?? 0, event.time);
    if (entity?.root !== "match") continue;
    matches.set(entity.id, evolve(matches.get(entity.id) ?? unknownMatch(entity.id), matchEntry(message)));
  }
  const kickoffOf = (match: Match) => match.fixture?.kickoff ?? Number.NaN;
  const liveOf = (from: number, to: number) =>
    [...matches.values()]
      .filter((it) => it.fixture?.purpose === "live" && kickoffOf(it) >= from && kickoffOf(it) <= to)
      .sort((a, b) => kickoffOf(a) - kickoffOf(b) || (a.id < b.id ? -1 : 1));
  return {
    sequence,
    now: await clockFor(config, () => dispatchedAt),
    match: (id) => matches.get(id) ?? null,
    live: liveOf,
    hindsight: (id) => hindsightOf(matches.get(id) ?? unknownMatch(id)),
    hindsights: (from, to) =>
      liveOf(from, to)
        .flatMap((match) => hindsightOf(match) ?? [])
        .filter(mayLack),
    costs: () => costsOf([...matches.values()].filter(({ settlement }) => settlement?.void === null)),
    failedSettlements: () => [...matches.values()].filter(({ stages }) => stages.settle.failure !== null),
    ids: () => [...matches.keys()],
  };
}
