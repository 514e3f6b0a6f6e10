/**
 * A node as a process of its own: all roles, embedded server, HTTP. Only its source and, on the wall clock, its models are
 * canned, and it answers a bench over the channel it was forked with. Argument: a `NodeSetup`.
 */
import { pino } from "pino";
import { monotonicFactory } from "ulid";
import { dispatchDue, nextSourceDueAt } from "../../../src/actors/dispatch-due.ts";
import type { Node } from "../../../src/actors/node.ts";
import { type App, startApp } from "../../../src/app.ts";
import { wallClock } from "../../../src/clock.ts";
import { readConfig } from "../../../src/config.ts";
import { type Stage, stages } from "../../../src/match/event.ts";
import { openLog } from "../../../src/open-log.ts";
import { cannedModels } from "../canned-models.ts";
import { seasonsSource } from "../soak/seasons.ts";
import type { Answer, Lateness, NodeSetup, Request } from "./messages.ts";
import { competition } from "../canned-source.ts";
import { matchesOf, type Offer, offeredSource } from "./offers.ts";

const { dataDir, cacheDir, policy, seasons = false } = JSON.parse(process.argv[2] ?? "") as NodeSetup;
const logger = pino({ level: "fatal" }, pino.destination(2));
const source = offeredSource();
const { config } = readConfig({
  FULLTIME_DATA_DIR: dataDir,
  FULLTIME_CACHE_DIR: cacheDir,
  FULLTIME_PORT: "0",
  FULLTIME_CLOCK: seasons ? "simulated" : "wall",
});
const starting = new AbortController();
process.once("SIGTERM", () => starting.abort(new Error("ended by SIGTERM")));
const app = await startApp({
  config: { ...config, policy },
  origin: { source: seasons ? seasonsSource() : source, season: null },
  ...(seasons ? {} : { models: cannedModels() }),
  logger,
  onProgress: () => {},
  signal: starting.signal,
});

let ending = false;
process.on("message", (request: Request) => void answer(request));
process.on("disconnect", end);
process.on("SIGTERM", end);
if (starting.signal.aborted) end();
tell({ kind: "ready", url: app.url ?? "", natsUrl: app.natsUrl });

function end(): void {
  if (ending) return;
  ending = true;
  void app.stop().then(() => process.exit(0));
}

function tell(message: Answer): void {
  process.send?.(message);
}

async function answer(request: Request): Promise<void> {
  switch (request.kind) {
    case "offer":
      return source.offer(request.offer);
    case "played":
      return tell({ kind: "played", missed: await played(app, request.offer, request.upTo) });
    case "tick":
      return tell({ kind: "tick", ms: await ticks(app, request.count) });
    case "lateness":
      return tell({ kind: "lateness", worst: lateness(app, request.offer, request.from) });
  }
}

/** Looks only at what a commit has touched: asking for every match at each would be the greater part of the work. */
function played({ readModel }: App, offer: Offer, upTo: "predict" | "settle"): Promise<number> {
  let missed = 0;
  const open = new Set(matchesOf(offer).map(({ id }) => id));
  const look = (ids: Iterable<string>) => {
    for (const id of ids) {
      const match = open.has(id) ? readModel.match(id) : null;
      if (match === null) continue;
      const { predict, [upTo]: last } = match.stages;
      if (predict.failure?.category === "missed") missed++;
      else if (last.done === null) continue;
      open.delete(id);
    }
  };
  return new Promise((resolve) => {
    const unwatch = readModel.onAdvance((_, { ids }) => {
      look(ids ?? [...open]);
      if (open.size > 0) return;
      unwatch();
      resolve(missed);
    });
    look([...open]);
    if (open.size === 0) {
      unwatch();
      resolve(missed);
    }
  });
}

/** What the dispatcher does whenever the read model has moved and nothing is due, timed from outside it. */
async function ticks({ readModel, natsUrl }: App, count: number): Promise<number[]> {
  // Should something be due after all, it is appended: what one dispatcher says, another may.
  const log = await openLog(natsUrl, { natsCreds: null, replicas: 1 });
  const newId = monotonicFactory();
  const node: Node = { log, readModel, clock: wallClock, policy, newId: (time) => newId(time), logger };
  const asking = { roster: cannedModels().roster, sources: [] };
  const { signal } = new AbortController();
  const ms: number[] = [];
  for (let i = 0; i < count; i++) {
    const began = wallClock.elapsed();
    await dispatchDue(node, asking, signal);
    const now = wallClock.now();
    readModel.nextMatchDueAt(now);
    nextSourceDueAt(node, `${source.name}.${competition}`, now);
    ms.push(wallClock.elapsed() - began);
  }
  await log.close();
  return ms;
}

function lateness({ readModel }: App, offer: Offer, from: number): Record<Stage, Lateness> {
  const worst = Object.fromEntries(stages.map((stage) => [stage, { inBudget: 0, ms: 0 }])) as Record<Stage, Lateness>;
  for (const { id } of matchesOf(offer)) {
    for (const { stage, dueAt, doneAt } of readModel.stageRows(id)) {
      if (dueAt === null || doneAt === null) continue;
      const [late, ms] = [worst[stage], Math.max(0, doneAt - Math.max(dueAt, from))];
      if (ms <= policy.budget[stage]) late.inBudget++;
      late.ms = Math.max(late.ms, ms);
    }
  }
  return worst;
}
