import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "pino";
import { monotonicFactory } from "ulid";
import { startTeam, type Team } from "../../src/actors/team.ts";
import { pause } from "../../src/clock.ts";
import { roles } from "../../src/config.ts";
import type { AppendFate, MemoryLog, MemoryServer } from "../../src/events/memory.ts";
import { type ReadModel, startReadModel } from "../../src/projections/read-model.ts";
import type { FakeModels } from "./models.ts";
import type { Random } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";
import type { FakeProvider } from "./source.ts";
import type { Owner, Timeline } from "./timeline.ts";
import { watchedLog, type Witness } from "./watched-log.ts";
import type { World } from "./world.ts";

/** A place where a node runs, life after life, on one data directory. */
export interface Host {
  readonly index: number;
  readonly dir: string;
  readonly life: Life | null;
  /** A life that ended is still closing its files. */
  isClosing(): boolean;
  start(): void;
  crash(wipe: boolean): void;
  drain(): void;
}

/** One node from its start to its end. */
export interface Life {
  owner: Owner;
  log: MemoryLog;
  state: "starting" | "up" | "draining";
  /** When it came up, or was last held up. */
  healthyFrom: number;
  drainingSince: number;
  readModel: ReadModel | null;
  team: Team | null;
}

export interface Surroundings {
  world: World;
  timeline: Timeline;
  scheduler: Scheduler;
  server: MemoryServer;
  provider: FakeProvider;
  models: FakeModels;
  witness: Witness;
  random: Random;
  /** Logs of a node's life. */
  logger: (owner: Owner) => Logger;
  onFailed: (error: unknown) => void;
}

/** The longest a drain lets running work end by itself, as in app.ts. */
export const drainMs = 9_000;

export function createHost(index: number, root: string, around: Surroundings): Host {
  const { world, timeline, scheduler, server, random } = around;
  const dir = join(root, `node-${index}`);
  let lives = 0;
  let closing = 0;
  let life: Life | null = null;

  function fate(): AppendFate {
    if (timeline.now() >= world.healAt || !random.chance(world.plan.lossy)) return "heard";
    return random.pick(["lost-request", "lost-reply"]);
  }

  function start(): void {
    if (life !== null) return;
    const owner: Owner = { name: `node ${index}.${++lives}`, dead: false, crashed: false };
    const clock = timeline.clockOf(owner);
    const log = server.connect({
      // A batch being followed is held back by watchedLog, where the end of the read model can call it off.
      pause: (point) => (point === "follow" ? Promise.resolve() : scheduler.pause(owner, point)),
      appendFate: fate,
      retry: (attempt) => pause(clock, Math.min(1000, 50 * 2 ** attempt)),
    });
    const now = timeline.now();
    const born: Life = {
      owner,
      log,
      state: "starting",
      healthyFrom: now,
      drainingSince: now,
      readModel: null,
      team: null,
    };
    life = born;
    begin(born).catch((error: unknown) => {
      if (!owner.dead) around.onFailed(error);
    });
  }

  async function begin(born: Life): Promise<void> {
    const { owner } = born;
    const { policy } = world;
    const clock = timeline.clockOf(owner);
    const logger = around.logger(owner);
    const log = watchedLog(born.log, owner, scheduler, around.witness);
    const readModel = await startReadModel({ dataDir: dir, log, policy, clock, logger });
    if (owner.dead) return void readModel.stop();
    const ids = random.fork();
    const newId = monotonicFactory(() => ids.next());
    const roster = world.rosters[timeline.now() < world.rosterChangeAt ? 0 : 1];
    born.readModel = readModel;
    born.team = startTeam(
      { log, readModel, clock, policy, newId, logger },
      {
        roles,
        source: around.provider.connect(owner, clock),
        models: around.models.connect(owner, clock, roster),
        staggerMs: world.plan.nodes === 1 ? 0 : random.int(1, 50),
      },
    );
    born.state = "up";
    born.healthyFrom = timeline.now();
  }

  /** A process that dies leaves its files as they are and says nothing more. */
  function crash(wipe: boolean): void {
    if (life === null) return;
    const { owner, log, readModel } = life;
    owner.dead = true;
    owner.crashed = true;
    log.crash();
    life = null;
    const closed = readModel?.stop() ?? Promise.resolve();
    closing++;
    closed
      .then(() => {
        if (wipe) rmSync(dir, { recursive: true, force: true });
      }, around.onFailed)
      .finally(() => closing--);
  }

  async function end(dying: Life): Promise<void> {
    const abandoned = await dying.team?.stop(drainMs);
    await dying.readModel?.stop();
    await dying.log.close();
    around.witness.ended(dying.owner, abandoned ?? []);
    dying.owner.dead = true;
    if (life === dying) life = null;
  }

  return {
    index,
    dir,
    get life() {
      return life;
    },
    isClosing: () => closing > 0,
    start,
    crash,
    drain() {
      if (life?.state !== "up") return;
      life.state = "draining";
      life.drainingSince = timeline.now();
      const dying = life;
      end(dying).catch((error: unknown) => {
        if (!dying.owner.dead) around.onFailed(error);
      });
    },
  };
}
