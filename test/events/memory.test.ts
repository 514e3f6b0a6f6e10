import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Clock, wallClock } from "../../src/clock.ts";
import { type AppendFate, createMemoryServer, memoryLog, type Point } from "../../src/events/memory.ts";
import { match, requested, sequenceOf, take } from "./sample.ts";

/** A clock whose timers fire when told. */
function manualClock() {
  const timers = new Set<() => void>();
  const clock: Clock = {
    ...wallClock,
    after(_ms, run) {
      timers.add(run);
      return { cancel: () => timers.delete(run) };
    },
  };
  return {
    clock,
    fire() {
      const due = [...timers];
      timers.clear();
      for (const run of due) run();
    },
  };
}

const analyse = { durable: "analyse", held: 10, signal: new AbortController().signal };

describe("faults of the log in memory", () => {
  it("resolves appends of unknown outcome, however often they are lost", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom<AppendFate>("heard", "lost-request", "lost-reply"), { maxLength: 40 }),
        fc.array(fc.tuple(fc.nat({ max: 1 }), fc.nat({ max: 3 }), fc.integer({ min: 1, max: 3 })), {
          minLength: 1,
          maxLength: 30,
        }),
        async (fates, work) => {
          const server = createMemoryServer({ clock: wallClock });
          const nodes = [0, 1].map(() => server.connect({ appendFate: () => fates.shift() ?? "heard" }));
          const acknowledged: string[] = [];
          await Promise.all(
            work.map(async ([node, id, size]) => {
              const events = Array.from({ length: size }, () => requested(1));
              for (let version = 0; ; ) {
                const outcome = await nodes[node]?.append(match(`m-${id}`), version, events);
                if (outcome?.outcome === "appended") {
                  const ours = server.messages.slice(outcome.sequence - size, outcome.sequence);
                  expect(ours.map(({ body }) => JSON.parse(new TextDecoder().decode(body)).id)).toEqual(
                    events.map((event) => event.id),
                  );
                  break;
                }
                expect(outcome?.outcome).toBe("conflict");
                version = outcome?.outcome === "conflict" ? outcome.version : version;
              }
              acknowledged.push(...events.map((event) => event.id));
            }),
          );
          const found = server.messages.map(({ body }) => JSON.parse(new TextDecoder().decode(body)).id as string);
          expect(found.sort()).toEqual(acknowledged.sort());
        },
      ),
    );
  });

  it("settles nothing of a crashed node, and delivers what it held after the ack wait", async () => {
    const { clock, fire } = manualClock();
    const server = createMemoryServer({ clock });
    let reached: () => void = () => {};
    const atStore = new Promise<void>((resolve) => {
      reached = resolve;
    });
    let dying = false;
    const victim = server.connect({
      async pause(point: Point) {
        if (dying && point === "append:after") {
          victim.crash();
          reached();
        }
      },
    });
    const survivor = server.connect();
    await sequenceOf(survivor.append(match("a"), 0, [requested(1)]));
    const delivery = await take(victim.consume(analyse)[Symbol.asyncIterator]());
    dying = true;
    let settled = false;
    const settle = () => {
      settled = true;
    };
    victim.append(match("a"), 1, [requested(2)]).then(settle, settle);
    await atStore;
    delivery.ack().then(settle, settle);
    // It died after the store: the event is there, and nobody was told.
    expect(await survivor.last()).toBe(2);
    fire();
    const theirs = survivor.consume(analyse)[Symbol.asyncIterator]();
    expect(await take(theirs)).toMatchObject({ deliveries: 2, message: { sequence: 1 } });
    expect(await take(theirs)).toMatchObject({ deliveries: 1, message: { sequence: 2 } });
    expect(settled).toBe(false);
    expect(victim.connected()).toBe(false);
  });

  it("hands deliveries out in the order the scheduler lets them go", async () => {
    const { clock } = manualClock();
    const server = createMemoryServer({ clock });
    const held = new Map<Point, () => void>();
    const node = server.connect({
      pause: (point) =>
        point.startsWith("deliver:") ? new Promise((go) => held.set(point, () => go())) : Promise.resolve(),
    });
    const order: string[] = [];
    const first = take(node.consume(analyse)[Symbol.asyncIterator]()).then(() => order.push("analyse"));
    const second = take(node.consume({ ...analyse, durable: "intake" })[Symbol.asyncIterator]()).then(() =>
      order.push("intake"),
    );
    await node.append(match("a"), 0, [requested(1)]);
    server.publish("match.retro.requested", "{}");
    await node.last();
    held.get("deliver:intake")?.();
    await second;
    held.get("deliver:analyse")?.();
    await first;
    expect(order).toEqual(["intake", "analyse"]);
  });

  it("duplicates a delivery and loses a consumer when told to", async () => {
    const { clock } = manualClock();
    const starts: string[] = [];
    const server = createMemoryServer({
      clock,
      startOf: async (durable) => {
        starts.push(durable);
        return 2;
      },
    });
    const node = server.connect();
    await node.append(match("a"), 0, [requested(1), requested(2)]);
    const deliveries = node.consume(analyse)[Symbol.asyncIterator]();
    const first = await take(deliveries);
    server.redeliver("analyse", first.message.sequence);
    expect(await take(deliveries)).toMatchObject({ deliveries: 2, message: { sequence: 1 } });
    expect(server.unacknowledged("analyse")).toEqual([1]);
    server.removeConsumer("analyse");
    expect(await take(deliveries)).toMatchObject({ deliveries: 1, message: { sequence: 2 } });
    expect(starts).toEqual(["analyse"]);
    await first.ack();
    expect(await node.pending()).toBe(1);
  });

  it("refuses appends while its disk is full", async () => {
    const server = createMemoryServer({ clock: wallClock });
    const node = server.connect();
    server.refuse("no space left");
    expect(await node.append(match("a"), 0, [requested(1)])).toEqual({
      outcome: "refused",
      category: "transient",
      reason: "no space left",
    });
    server.refuse(null);
    expect(await node.append(match("a"), 0, [requested(1)])).toEqual({ outcome: "appended", sequence: 1 });
  });

  it("needs no server for one node", async () => {
    const log = memoryLog({ clock: wallClock });
    expect(await log.append(match("a"), 0, [requested(1)])).toEqual({ outcome: "appended", sequence: 1 });
    await log.close();
  });
});
