import { setImmediate } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { type DispatchOptions, startDispatcher } from "../../src/actors/dispatch.ts";
import { autoRetrosAnHour, dispatchDue } from "../../src/actors/dispatch-due.ts";
import type { Node } from "../../src/actors/node.ts";
import type { Faults, MemoryServer } from "../../src/events/memory.ts";
import { defaultPolicy, type Policy } from "../../src/match/policy.ts";
import { day, type History, history, hour, kickoff, minute, roster, second } from "../support/history.ts";
import { type ManualClock, manualClock, settled, type TestNode, testNode } from "../support/node.ts";
import { gate } from "./stage-support.ts";

interface SceneOptions {
  before?: number;
  policy?: Policy;
  faults?: Faults;
  server?: MemoryServer;
  wall?: ManualClock;
}

async function scene({
  before = 6 * hour,
  policy = defaultPolicy,
  wall = manualClock(kickoff - before),
  ...more
}: SceneOptions = {}) {
  return testNode({ wall, policy, ...more });
}

function dispatch({ node, wall }: TestNode, options: Partial<DispatchOptions> = {}, over: Partial<Node> = {}) {
  const dispatcher = startDispatcher({ ...node, ...over }, { roster, sources: [], staggerMs: 0, ...options });
  onTestFinished(async () => {
    const stopped = dispatcher.stop();
    await wall.advance(second);
    await stopped;
  });
  return dispatcher;
}

const scheduled = (id: string, later = 0, policy = defaultPolicy): History =>
  history(id, kickoff - 2 * day, policy).scheduled({ kickoff: kickoff + later });

/** Match ids of the requests in the log, in order. */
function asked({ node, server }: TestNode): Promise<string[]> {
  const all = server.messages.map(({ sequence }) => node.log.read(sequence));
  return Promise.all(all).then((messages) =>
    messages.flatMap((message) =>
      message?.event?.type === "match.analysis.requested" ? [message.entity?.id ?? ""] : [],
    ),
  );
}

test("a look that is told to stop half-way leaves no append behind that fails unheard when the log ends", async () => {
  const it = await scene();
  for (const id of ["pl-2016-17-a-b", "pl-2016-17-c-d"]) await it.write(scheduled(id));
  const stop = new AbortController();
  let now = 0;
  // Each match is a turn of its own, and the log ends while the first one's request is on its way.
  const clock = { ...it.node.clock, elapsed: () => (now += second) };
  const closed = gate();
  const append = async () => {
    stop.abort(new Error("told to stop"));
    await closed.passed;
    throw new Error("the log is closed");
  };
  const node: Node = { ...it.node, clock, log: { ...it.node.log, append } };
  const unheard: unknown[] = [];
  const hear = (error: unknown) => void unheard.push(error);
  process.on("unhandledRejection", hear);
  onTestFinished(() => void process.off("unhandledRejection", hear));
  await expect(dispatchDue(node, { roster, sources: [] }, stop.signal)).rejects.toThrow("told to stop");
  closed.open();
  await setImmediate();
  expect(unheard).toEqual([]);
});

test("what is missed is asked for in hindsight by itself where the policy says so, at most so often an hour", async () => {
  const policy = { ...defaultPolicy, autoRetro: true };
  const it = await scene({ before: -minute, policy });
  const ids = Array.from({ length: autoRetrosAnHour + 5 }, (_, at) => `pl-2016-17-a${at}-b${at}`);
  for (const id of ids) await it.write(scheduled(id, 0, policy));
  dispatch(it);
  await it.wall.advance(10 * second);
  const words = it.events("match.retro.requested");
  expect(words).toHaveLength(autoRetrosAnHour);
  expect(words[0]).toMatchObject({ actor: "pipeline:dispatch", data: { by: "autoRetro", letter: null } });
  await it.wall.advance(hour);
  expect(it.events("match.retro.requested")).toHaveLength(ids.length);
});

describe("what is due is asked for", () => {
  test("once, with its cause, budget and attempt", async () => {
    const it = await scene();
    const life = scheduled("pl-2016-17-a-b");
    await it.write(life);
    dispatch(it);
    await it.wall.advance(10 * second);
    expect(it.events("match.analysis.requested")).toEqual([
      expect.objectContaining({
        time: kickoff - 6 * hour,
        actor: "pipeline:dispatch",
        causationId: life.last.id,
        data: { stage: "analyse", round: 1, attempt: 1, reason: "due", budgetMs: 5 * minute, retroactive: false },
      }),
    ]);
  });

  test("at its instant, not before", async () => {
    const it = await scene({ before: 6 * hour + 90.5 * second });
    await it.write(scheduled("pl-2016-17-a-b"));
    dispatch(it);
    await it.wall.advance(90.5 * second - 1);
    expect(it.events("match.analysis.requested")).toEqual([]);
    await it.wall.advance(1);
    expect(it.events("match.analysis.requested")).toMatchObject([{ time: kickoff - 6 * hour }]);
  });

  test("as soon as an event makes it so, with the panel's roster frozen", async () => {
    const it = await scene({ before: 20 * minute });
    const life = scheduled("pl-2016-17-a-b")
      .at(kickoff - 20 * minute)
      .requested("analyse")
      .requested("lineups");
    await it.write(life);
    dispatch(it);
    await settled();
    expect(it.events("match.prediction.requested")).toEqual([]);
    await it.write(
      life
        .at(kickoff - 20 * minute)
        .lineups()
        .analysed(),
    );
    await settled();
    expect(it.events("match.prediction.requested")).toMatchObject([
      { causationId: life.last.id, data: { roster, attempt: 1 } },
    ]);
  });

  test("and what nobody did before kick-off is stated as missed", async () => {
    const it = await scene({ before: minute });
    await it.write(scheduled("pl-2016-17-a-b"));
    dispatch(it);
    await it.wall.advance(2 * minute);
    const missed = it.events("match.failed").map(({ time, actor, data }) => [time, actor, data.stage, data.category]);
    expect(missed).toEqual([
      [kickoff, "pipeline:dispatch", "analyse", "missed"],
      [kickoff, "pipeline:dispatch", "predict", "missed"],
    ]);
    expect(it.events("match.lineups")).toMatchObject([{ data: { available: false } }]);
  });

  test("also of a source, each kind of poll by itself", async () => {
    const it = await scene({ before: -2 * hour });
    await it.write(scheduled("pl-2016-17-a-b"));
    dispatch(it, { sources: ["archive.pl"] });
    await settled();
    expect(it.events("source.poll.requested").map(({ data }) => [data.kind, data.attempt, data.window.from])).toEqual([
      ["fixtures", 1, null],
      ["results", 1, new Date(kickoff).toISOString()],
    ]);
    await it.wall.advance(3 * minute - 1);
    expect(it.events("source.poll.requested")).toHaveLength(2);
    await it.wall.advance(1);
    expect(it.events("source.poll.requested")).toHaveLength(4);
  });
});

describe("only so many requests of a stage are under way", () => {
  const policy = { ...defaultPolicy, inFlight: { ...defaultPolicy.inFlight, analyse: 2, retro: 1 } };

  test("what waits for room is not looked through at each tick, and moves up in its order", async () => {
    const it = await scene({ before: 5 * hour, policy });
    const ids = Array.from({ length: 9 }, (_, at) => `pl-2016-17-a-${at}`);
    for (const [at, id] of ids.entries()) await it.write(scheduled(id, at * minute, policy));
    let walks = 0;
    const readModel = {
      ...it.node.readModel,
      dueMatches: (now: number) => (walks++, it.node.readModel.dueMatches(now)),
    };
    dispatch(it, {}, { readModel });
    await settled();
    const { data } = history("x").scheduled().requested("analyse").analysed().last;
    for (const [at, id] of ids.entries()) {
      const causationId = it.events("match.analysis.requested")[at]?.id ?? "";
      const now = it.node.clock.now();
      const fact = { id: it.node.newId(now), type: "match.analysed", time: now, actor: "test", causationId, data };
      const { version } = it.node.readModel.match(id) ?? { version: 0 };
      await it.node.log.append({ root: "match", id }, version, [fact as never]);
      await settled();
    }
    expect(await asked(it)).toEqual(ids);
    expect(walks).toBe(1);
  });

  test.each([
    ["wall", "passes: everything is looked at again"],
    ["simulated", "stands still: once is enough"],
  ] as const)("the time of a %s clock %s", async (kind, _) => {
    const it = await scene({ before: 5 * hour, policy });
    for (let at = 0; at < 4; at++) await it.write(scheduled(`pl-2016-17-a-${at}`, at * minute, policy));
    let walks = 0;
    const readModel = {
      ...it.node.readModel,
      dueMatches: (now: number) => (walks++, it.node.readModel.dueMatches(now)),
    };
    // Not what is due with time: only how long ago the last look was.
    const standing = it.node.clock.now();
    const clock = { ...it.node.clock, kind, now: () => (kind === "wall" ? it.node.clock.now() : standing) };
    dispatch(it, {}, { readModel, clock });
    await settled();
    await it.wall.advance(5 * second);
    await it.write(scheduled("pl-2016-17-c-d", 9 * minute, policy));
    await settled();
    expect(walks > 1).toBe(kind === "wall");
  });

  test("those nearest kick-off first, the others as room is made", async () => {
    const it = await scene({ before: 5 * hour, policy });
    const lives = [30, 10, 20, 0].map((minutes) => scheduled(`pl-2016-17-a-${minutes}`, minutes * minute, policy));
    for (const life of lives) await it.write(life);
    dispatch(it);
    await it.wall.advance(5 * second);
    expect(await asked(it)).toEqual(["pl-2016-17-a-0", "pl-2016-17-a-10"]);
    const answered = it.events("match.analysis.requested")[0];
    const { data } = history("x").scheduled().requested("analyse").analysed().last;
    const match = it.node.readModel.match("pl-2016-17-a-0");
    const fact = {
      id: it.node.newId(1),
      type: "match.analysed",
      time: it.node.clock.now(),
      actor: "test",
      causationId: answered?.id ?? "",
      data,
    };
    await it.node.log.append({ root: "match", id: "pl-2016-17-a-0" }, match?.version ?? 0, [fact as never]);
    await settled();
    expect(await asked(it)).toEqual(["pl-2016-17-a-0", "pl-2016-17-a-10", "pl-2016-17-a-20"]);
  });

  test("live work goes before retro work, which has a limit of its own", async () => {
    const it = await scene({ before: 5 * hour, policy });
    const past = (id: string) =>
      history(id, kickoff - 4 * day, policy)
        .scheduled({ kickoff: kickoff - day })
        .at(kickoff - 6 * hour)
        .retro();
    for (const life of [past("pl-2016-17-r-s"), past("pl-2016-17-t-u"), scheduled("pl-2016-17-a-b", 0, policy)])
      await it.write(life);
    dispatch(it);
    await it.wall.advance(5 * second);
    expect(await asked(it)).toEqual(["pl-2016-17-a-b", "pl-2016-17-r-s"]);
  });
});

describe("a match that moved meanwhile", () => {
  async function racing() {
    const held = { append: Promise.resolve() };
    const it = await scene({
      faults: { pause: (point) => (point === "append:before" ? held.append : Promise.resolve()) },
    });
    const other = await testNode({ wall: it.wall, server: it.server });
    const life = scheduled("pl-2016-17-a-b");
    await other.write(life);
    await settled();
    const { passed, open } = gate();
    held.append = passed;
    dispatch(it);
    await settled();
    return { it, other, life, open };
  }

  test("so that nothing is due any more is asked for nothing", async () => {
    const { it, other, life, open } = await racing();
    await other.write(life.at(it.wall.now()).scheduled({ kickoff: kickoff + 5 * hour }));
    open();
    await it.wall.advance(10 * second);
    expect(it.events("match.analysis.requested")).toEqual([]);
  });

  test("and is still due is decided on anew, and asked for once", async () => {
    const { it, other, life, open } = await racing();
    await other.write(life.at(it.wall.now()).scheduled({ kickoff: kickoff - minute }));
    open();
    await it.wall.advance(10 * second);
    expect(it.events("match.analysis.requested")).toMatchObject([{ sequence: 3, causationId: life.last.id }]);
  });
});

test("two dispatchers on one log ask once for each", async () => {
  const wall = manualClock(kickoff - 5 * hour);
  const first = await scene({ wall });
  const other = await scene({ wall, server: first.server });
  dispatch(first, { sources: ["archive.pl"] });
  dispatch(other, { sources: ["archive.pl"], staggerMs: 20 });
  for (let n = 0; n < 20; n++) await first.write(scheduled(`pl-2016-17-a-${n}`));
  await wall.advance(10 * second);
  expect((await asked(first)).toSorted()).toEqual(Array.from({ length: 20 }, (_, n) => `pl-2016-17-a-${n}`).toSorted());
  expect(first.events("source.poll.requested")).toHaveLength(1);
});

describe("a dispatcher", () => {
  test("is quiet once it has asked for all that is due and the read model shows it", async () => {
    const it = await scene({ before: 5 * hour });
    const dispatcher = dispatch(it);
    await it.write(scheduled("pl-2016-17-a-b"));
    await dispatcher.quiet();
    expect(it.events("match.analysis.requested")).toHaveLength(1);
    expect(it.node.readModel.sequence()).toBe(await it.node.log.last());
  });

  test("tells the next instant at which something is due", async () => {
    const it = await scene({ before: 7 * hour });
    const dispatcher = dispatch(it);
    expect(dispatcher.nextDueAt(it.wall.now())).toBeNull();
    await it.write(scheduled("pl-2016-17-a-b"));
    expect(dispatcher.nextDueAt(it.wall.now())).toBe(kickoff - 6 * hour);
  });

  test("looks again a second after a tick failed", async () => {
    const it = await scene();
    let broken = true;
    const newId: Node["newId"] = (time) => {
      if (broken) throw new Error("no ids");
      return it.node.newId(time);
    };
    await it.write(scheduled("pl-2016-17-a-b"));
    dispatch(it, {}, { newId });
    await settled();
    broken = false;
    await it.wall.advance(second - 1);
    expect(it.events("match.analysis.requested")).toEqual([]);
    await it.wall.advance(1);
    expect(it.events("match.analysis.requested")).toHaveLength(1);
  });

  test("stops at once while the log takes nothing", async () => {
    const it = await scene();
    await it.write(scheduled("pl-2016-17-a-b"));
    it.server.refuse("disk full");
    const dispatcher = dispatch(it);
    await settled();
    await dispatcher.stop();
    expect(it.events("match.analysis.requested")).toEqual([]);
  });

  test("stops at once while the read model does not follow", async () => {
    const held = { follow: Promise.resolve() };
    const it = await scene({ faults: { pause: (point) => (point === "follow" ? held.follow : Promise.resolve()) } });
    await it.write(scheduled("pl-2016-17-a-b"));
    const { passed, open } = gate();
    held.follow = passed;
    const dispatcher = dispatch(it);
    await settled();
    expect(it.events("match.analysis.requested")).toHaveLength(1);
    await dispatcher.stop();
    await dispatcher.quiet();
    open();
  });
});
