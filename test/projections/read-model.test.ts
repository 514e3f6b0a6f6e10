import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { pino } from "pino";
import { describe, expect, onTestFinished, test } from "vitest";
import { wallClock } from "../../src/clock.ts";
import type { EventLog, LogMessage } from "../../src/events/log.ts";
import { createMemoryServer, type MemoryServer } from "../../src/events/memory.ts";
import { defaultPolicy, type Policy } from "../../src/match/policy.ts";
import { createBulk } from "../../src/projections/database.ts";
import { openReadOnly } from "../../src/projections/reader.ts";
import { type ReadModel, startReadModel } from "../../src/projections/read-model.ts";
import { ReadModelStopped } from "../../src/projections/waiters.ts";
import { history } from "../support/history.ts";
import { tempDir } from "../support/temp.ts";
import { interleave } from "./support.ts";

const otherPolicy: Policy = { ...defaultPolicy, due: { ...defaultPolicy.due, analyse: 2 * defaultPolicy.due.analyse } };
const logger = pino({ level: "silent" });

function newServer(identity = "one", ids: readonly string[] = []): MemoryServer {
  const server = createMemoryServer({ clock: wallClock, identity });
  for (const id of ids) schedule(server, id);
  return server;
}

function schedule(server: MemoryServer, id: string): number {
  const [letter] = interleave([history(id).scheduled()]);
  if (letter === undefined) throw new Error("no letter");
  return server.publish(letter.subject, letter.body);
}

async function start(dataDir: string, log: EventLog, policy = defaultPolicy): Promise<ReadModel> {
  const model = await startReadModel({ dataDir, log, policy, clock: wallClock, logger });
  onTestFinished(() => model.stop());
  return model;
}

const filesIn = (dataDir: string) => readdirSync(join(dataDir, "read")).filter((name) => name.endsWith(".sqlite"));
const current = (dataDir: string) => readFileSync(join(dataDir, "read", "current"), "utf8").trim();

/** Of the build in force, and those that the schema names. */
function indexes(dataDir: string): { made: string[]; wanted: string[] } {
  const of = (db: Database.Database) => {
    const names = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'index' ORDER BY name").pluck();
    const found = names.all();
    db.close();
    return found;
  };
  const made = of(new Database(join(dataDir, "read", current(dataDir)), { readonly: true }));
  return { made, wanted: of(createBulk("")) };
}

/** Resolves when the state is as wanted, looking after each change that is told. */
function until(model: ReadModel, wanted: (state: ReturnType<ReadModel["state"]>) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!wanted(model.state())) return;
      unwatch();
      resolve();
    };
    const unwatch = model.onAdvance(look);
    look();
  });
}

/** A log whose reading can be held up. */
function held(server: MemoryServer): { log: EventLog; hold(): void; release(): void } {
  let gate = Promise.resolve();
  let open = () => {};
  const log = server.connect({ pause: (point) => (point === "follow" ? gate : Promise.resolve()) });
  return {
    log,
    hold() {
      gate = new Promise((resolve) => {
        open = resolve;
      });
    },
    release: () => open(),
  };
}

describe("following", () => {
  test("starts with the whole log in, and goes on as it grows", async () => {
    const server = newServer("one", ["a", "b"]);
    const model = await start(tempDir(), server.connect());
    expect(model.state()).toMatchObject({ state: "following", sequence: 2, stale: false, reason: null });
    const heard: number[] = [];
    model.onAdvance((sequence) => heard.push(sequence));
    const sequence = schedule(server, "c");
    await model.reached(sequence);
    expect(model.match("c")?.version).toBe(3);
    expect(heard).toEqual([3]);
    expect([...model.dueMatches(Date.parse("2017-01-14T12:00:00Z"))].map(({ id }) => id)).toEqual(["a", "b", "c"]);
  });

  test("an empty log is a read model too", async () => {
    const model = await start(tempDir(), newServer().connect());
    expect(model.sequence()).toBe(0);
    expect(model.match("a")).toBeNull();
  });

  test("after a restart goes on in the same build", async () => {
    const dataDir = tempDir();
    const server = newServer("one", ["a"]);
    await (await start(dataDir, server.connect())).stop();
    const name = current(dataDir);
    schedule(server, "b");
    const model = await start(dataDir, server.connect());
    expect(model.match("b")).not.toBeNull();
    expect(current(dataDir)).toBe(name);
    expect(filesIn(dataDir)).toEqual([name]);
  });

  test("waiting ends with the signal's reason, or with the stop", async () => {
    const model = await start(tempDir(), newServer().connect());
    const controller = new AbortController();
    const waiting = model.reached(5, controller.signal);
    controller.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    const other = model.reached(5);
    const stopped = expect(other).rejects.toBeInstanceOf(ReadModelStopped);
    await Promise.all([model.stop(), model.stop()]);
    await stopped;
    await expect(model.rebuild()).rejects.toBeInstanceOf(ReadModelStopped);
  });

  test("a listener that throws harms nobody", async () => {
    const server = newServer();
    const model = await start(tempDir(), server.connect());
    model.onAdvance(() => {
      throw new Error("listener");
    });
    await model.reached(schedule(server, "a"));
    await model.reached(schedule(server, "b"));
    expect(model.state().state).toBe("following");
  });
});

describe("a build that is not ours", () => {
  test("of another stream never answers", async () => {
    const dataDir = tempDir();
    await (await start(dataDir, newServer("one", ["a", "b"]).connect())).stop();
    const model = await start(dataDir, newServer("two", ["c"]).connect());
    expect(model.state()).toMatchObject({ state: "following", sequence: 1, stale: false });
    expect(model.match("a")).toBeNull();
    expect(filesIn(dataDir)).toEqual([current(dataDir)]);
  });

  test("of a log that lost its end never answers, even if it grew anew", async () => {
    const dataDir = tempDir();
    await (await start(dataDir, newServer("one", ["a", "b"]).connect())).stop();
    const model = await start(dataDir, newServer("one", ["a", "c", "d"]).connect());
    expect(model.match("b")).toBeNull();
    expect(model.match("c")?.version).toBe(2);
    await model.stop();
    const short = await start(dataDir, newServer("one", ["a"]).connect());
    expect(short.sequence()).toBe(1);
  });

  test("of another policy answers, stale and followed, until a new one has come to it", async () => {
    const dataDir = tempDir();
    const server = newServer("one", ["a"]);
    await (await start(dataDir, server.connect())).stop();
    const old = current(dataDir);
    const { log, hold, release } = held(server);
    hold();
    const model = await start(dataDir, log, otherPolicy);
    expect(model.state()).toMatchObject({
      state: "building",
      stale: true,
      reason: "made with another policy",
      sequence: 1,
    });
    const before = model.nextMatchDueAt(0);
    expect(before).not.toBeNull();
    const reader = openReadOnly(dataDir);
    release();
    await until(model, (state) => !state.stale);
    expect(model.state()).toMatchObject({ state: "following", sequence: 1, reason: null, rebuilding: null });
    expect((before ?? 0) - (model.nextMatchDueAt(0) ?? 0)).toBe(defaultPolicy.due.analyse);
    expect(filesIn(dataDir)).toEqual([current(dataDir)]);
    expect(current(dataDir)).not.toBe(old);
    // A reader that had the old one open has moved with the pointer.
    expect(reader?.nextMatchDueAt(0)).toBe(model.nextMatchDueAt(0));
    reader?.close();
    await model.reached(schedule(server, "b"));
    expect(model.match("b")).not.toBeNull();
  });

  test("of another schema, or torn, does not answer", async () => {
    const dataDir = tempDir();
    const server = newServer("one", ["a"]);
    await (await start(dataDir, server.connect())).stop();
    const db = new Database(join(dataDir, "read", current(dataDir)));
    db.exec("UPDATE checkpoint SET schema = 'older', sequence = 0; DELETE FROM match_states");
    db.close();
    expect(openReadOnly(dataDir)).toBeNull();
    const model = await start(dataDir, server.connect());
    expect(model.match("a")).not.toBeNull();
    await model.stop();
    writeFileSync(join(dataDir, "read", current(dataDir)), "torn");
    expect(openReadOnly(dataDir)).toBeNull();
    expect((await start(dataDir, server.connect())).match("a")).not.toBeNull();
  });
});

describe("rebuilding", () => {
  test("goes on beside what answers, and takes over at or past it", async () => {
    const dataDir = tempDir();
    const server = newServer("one", ["a", "b"]);
    const model = await start(dataDir, server.connect());
    const old = current(dataDir);
    const rebuilt = model.rebuild();
    expect(model.state()).toMatchObject({ state: "following", stale: false, rebuilding: { target: 2 } });
    await model.reached(schedule(server, "c"));
    await rebuilt;
    expect(model.sequence()).toBe(3);
    expect(current(dataDir)).not.toBe(old);
    await model.reached(schedule(server, "d"));
    expect(filesIn(dataDir)).toEqual([current(dataDir)]);
  });

  test("makes the indexes that it went without", async () => {
    const dataDir = tempDir();
    await start(dataDir, newServer("one", ["a", "b"]).connect());
    const { made, wanted } = indexes(dataDir);
    expect(made).toEqual(wanted);
    expect(made).toContain("matches_listed");
  });

  test("takes over from a log that never rests", async () => {
    const server = newServer("one", ["a"]);
    const model = await start(tempDir(), server.connect());
    let resting = false;
    let at = 0;
    model.onAdvance(() => {
      if (!resting) schedule(server, `m${at++}`);
    });
    schedule(server, "b");
    await model.rebuild();
    resting = true;
    expect(model.state()).toMatchObject({ stale: false, state: "following" });
    expect(model.tally().matches).toBe(model.sequence());
  });

  test("is ended by a stop, and leaves nothing", async () => {
    const dataDir = tempDir();
    const { log, hold, release } = held(newServer("one", ["a"]));
    const model = await start(dataDir, log);
    hold();
    const rebuilt = expect(model.rebuild()).rejects.toBeInstanceOf(ReadModelStopped);
    const stopped = model.stop();
    release();
    await stopped;
    await rebuilt;
    expect(readdirSync(join(dataDir, "read")).sort()).toEqual([current(dataDir), "current"].sort());
  });
});

describe("deleting the files", () => {
  const parts: [string, (dir: string, name: string) => void][] = [
    ["all", (dir) => rmSync(dir, { recursive: true })],
    ["the pointer", (dir) => rmSync(join(dir, "current"))],
    ["the write-ahead log", (dir, name) => rmSync(join(dir, `${name}-wal`))],
    ["the shared memory", (dir, name) => rmSync(join(dir, `${name}-shm`))],
  ];
  test.each(parts)("while it runs heals: %s", async (_part, remove) => {
    const dataDir = tempDir();
    const server = newServer("one", ["a", "b"]);
    const { log, hold, release } = held(server);
    const model = await start(dataDir, log);
    const old = current(dataDir);
    hold();
    remove(join(dataDir, "read"), old);
    model.check();
    expect(model.state()).toMatchObject({
      state: "building",
      stale: true,
      reason: "its files were deleted",
      sequence: 2,
    });
    expect(model.match("a")).not.toBeNull();
    release();
    await until(model, (state) => !state.stale);
    expect(current(dataDir)).not.toBe(old);
    await model.reached(schedule(server, "c"));
    const reader = openReadOnly(dataDir);
    expect(reader?.sequence()).toBe(3);
    expect(reader?.match("c")).toEqual(model.match("c"));
    reader?.close();
  });

  test("is noticed by the next batch, whose rows are not lost", async () => {
    const dataDir = tempDir();
    const server = newServer("one", ["a"]);
    const model = await start(dataDir, server.connect());
    rmSync(join(dataDir, "read"), { recursive: true });
    await model.reached(schedule(server, "b"));
    await until(model, (state) => !state.stale && state.sequence === 2);
    expect(openedOnce(dataDir)).toBe(2);
  });

  test("is noticed without anyone asking", async () => {
    const dataDir = tempDir();
    const model = await start(dataDir, newServer("one", ["a"]).connect());
    rmSync(join(dataDir, "read"), { recursive: true });
    await new Promise<void>((resolve) => void model.onAdvance(() => resolve()));
    expect(openedOnce(dataDir)).toBe(1);
  });

  test("of the build being made too, begins it anew", async () => {
    const dataDir = tempDir();
    const server = newServer("one", ["a"]);
    const { log, hold, release } = held(server);
    const model = await start(dataDir, log);
    hold();
    rmSync(join(dataDir, "read"), { recursive: true });
    model.check();
    rmSync(join(dataDir, "read"), { recursive: true });
    release();
    await until(model, (state) => !state.stale);
    expect(openedOnce(dataDir)).toBe(1);
    expect(filesIn(dataDir)).toEqual([current(dataDir)]);
  });

  test("while nobody runs makes it anew", async () => {
    const dataDir = tempDir();
    const server = newServer("one", ["a"]);
    await (await start(dataDir, server.connect())).stop();
    rmSync(join(dataDir, "read"), { recursive: true });
    expect(openReadOnly(dataDir)).toBeNull();
    expect(existsSync(join(dataDir, "read"))).toBe(false);
    expect((await start(dataDir, server.connect())).match("a")).not.toBeNull();
  });
});

function openedOnce(dataDir: string): number | undefined {
  const reader = openReadOnly(dataDir);
  const sequence = reader?.sequence();
  reader?.close();
  return sequence;
}

/** A log with a message that our code cannot fold, as long as `bad` says so. */
function poisoned(log: EventLog, bad: () => number | null): EventLog {
  return {
    ...log,
    async *follow(after, signal) {
      for await (const batch of log.follow(after, signal)) yield batch.map(poison);
    },
  };
  function poison(message: LogMessage): LogMessage {
    return message.sequence === bad() ? { ...message, event: { ...message.event, data: null } as never } : message;
  }
}

describe("a message that cannot be projected", () => {
  test("halts the read model there; a rebuild with mended code goes on", async () => {
    const server = newServer("one", ["a"]);
    let bad: number | null = 3;
    const model = await start(
      tempDir(),
      poisoned(server.connect(), () => bad),
    );
    schedule(server, "b");
    await model.reached(2);
    schedule(server, "c");
    schedule(server, "d");
    await model.rebuild().catch(() => {});
    expect(model.state()).toMatchObject({ state: "stalled", sequence: 2, haltedAt: 3, stale: false });
    expect(model.state().reason).toContain("halted at 3 (match.c.scheduled)");
    expect(model.match("c")).toBeNull();
    expect(model.match("b")).not.toBeNull();
    await expect(model.rebuild()).rejects.toThrow("halted at 3");
    bad = null;
    await model.rebuild();
    await model.reached(4);
    expect(model.state()).toMatchObject({ state: "following", haltedAt: null, sequence: 4 });
  });

  test("halts the first build just before it", async () => {
    const server = newServer("one", ["a", "b", "c", "d"]);
    const dataDir = tempDir();
    const model = await start(
      dataDir,
      poisoned(server.connect(), () => 3),
    );
    expect(model.state()).toMatchObject({ state: "stalled", sequence: 2, haltedAt: 3, target: 4 });
    expect(model.match("b")).not.toBeNull();
    expect(filesIn(dataDir)).toEqual([current(dataDir)]);
    const { made, wanted } = indexes(dataDir);
    expect(made).toEqual(wanted);
  });
});
