import { pino } from "pino";
import { monotonicFactory } from "ulid";
import { onTestFinished } from "vitest";
import { type Actor, type RunningActor, runActor } from "../../src/actors/actor.ts";
import { createFloor, type Floor } from "../../src/actors/floor.ts";
import type { Node } from "../../src/actors/node.ts";
import type { Clock } from "../../src/clock.ts";
import { decode } from "../../src/events/envelope.ts";
import { createMemoryServer, type Faults, type MemoryServer } from "../../src/events/memory.ts";
import type { EventType, Recorded } from "../../src/match/event.ts";
import { defaultPolicy, type Policy } from "../../src/match/policy.ts";
import { startReadModel } from "../../src/projections/read-model.ts";
import type { History } from "./history.ts";
import { type ManualClock, manualClock, settled } from "./manual-clock.ts";
import { tempDir } from "./temp.ts";

/** A node without actors: the log in memory, a real read model, a clock that the test moves. */
export interface TestNode {
  node: Node;
  wall: ManualClock;
  server: MemoryServer;
  /** Appends what a history holds and the log does not; resolves with the newest sequence once the read model has it. */
  write(life: History): Promise<number>;
  /** Everything in the log of these types, in order; all of it without any. */
  events<T extends EventType>(...types: T[]): Recorded<T>[];
  /** Runs an actor until the test ends. */
  run(actor: Actor, floor?: Floor, onHandled?: () => void): RunningActor;
}

export interface TestNodeOptions {
  wall: ManualClock;
  /** Default: `wall`. */
  clock?: Clock;
  /** To be one of several nodes. */
  server?: MemoryServer;
  policy?: Policy;
  faults?: Faults;
}

export async function testNode(options: TestNodeOptions): Promise<TestNode> {
  const { wall, clock = wall, policy = defaultPolicy, faults = {} } = options;
  const server = options.server ?? createMemoryServer({ clock: wall });
  const log = server.connect(faults);
  const logger = pino({ level: process.env.FULLTIME_TEST_LOG ?? "silent" });
  const readModel = await startReadModel({ dataDir: tempDir(), log, policy, clock, logger });
  onTestFinished(async () => {
    await readModel.stop();
    await log.close();
  });
  const newId = monotonicFactory();
  const node: Node = { log, readModel, clock, policy, newId: (time) => newId(time), logger };
  const written = new Map<string, { version: number; count: number }>();

  return {
    node,
    wall,
    server,
    async write(life) {
      const { version, count } = written.get(life.id) ?? { version: 0, count: 0 };
      const known = node.readModel.match(life.id)?.version ?? version;
      const outcome = await log.append({ root: "match", id: life.id }, known, life.events.slice(count));
      if (outcome.outcome !== "appended") throw new Error(`not written: ${JSON.stringify(outcome)}`);
      written.set(life.id, { version: outcome.sequence, count: life.events.length });
      await readModel.reached(outcome.sequence);
      return outcome.sequence;
    },
    events(...types) {
      const all = server.messages.flatMap((message) => decode(message).event ?? []);
      return all.filter(({ type }) => types.length === 0 || (types as string[]).includes(type)) as never;
    },
    run(actor, floor = createFloor(), onHandled = () => {}) {
      const running = runActor(actor, node, floor, onHandled);
      onTestFinished(async () => {
        const drained = running.drain(AbortSignal.abort());
        await wall.advance(1000);
        await drained;
      });
      return running;
    },
  };
}

export { type ManualClock, manualClock, settled };
