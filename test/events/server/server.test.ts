import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "nats";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { type Clock, wallClock } from "../../../src/clock.ts";
import { DataDirUnusable } from "../../../src/events/server/disk.ts";
import { ServerFailed } from "../../../src/events/server/launch.ts";
import { identify } from "../../../src/events/server/orphan.ts";
import { type EmbeddedOptions, type EmbeddedServer, startEmbeddedServer } from "../../../src/events/server.ts";
import { StoreCorrupted } from "../../../src/events/server/store-check.ts";
import { ServerTooOld } from "../../../src/events/server/version.ts";
import { testBinary } from "../../support/server.ts";
import { tempDir } from "../../support/temp.ts";

const { path: binary } = await testBinary();
const silent = pino({ level: "silent" });

test("a killed server comes back on its port with everything it acknowledged", async () => {
  const exits = signal<string | null>();
  const server = await start({ onExit: (exit) => exits.send(exit.signal) });
  const { url, pid } = server;
  await publish(url, 100);
  kill(server);
  expect(await exits.received).toBe("SIGKILL");
  await until(() => server.state === "running" && server.pid !== pid);
  expect(server.url).toBe(url);
  expect(await stored(url)).toBe(100);
});

test("every write is on disk before it is acknowledged, the log goes to a file, and Ctrl-C does not reach the server", async () => {
  const dataDir = tempDir();
  const server = await start({ dataDir });
  expect(readFileSync(join(dataDir, "nats-server.conf"), "utf8")).toContain("sync_interval: always");
  expect(readFileSync(join(dataDir, "nats-server.log"), "utf8")).toContain("Server is ready");
  expect(existsSync(join(dataDir, "log", "jetstream"))).toBe(true);
  if (process.platform === "linux") expect(processGroup(server.pid)).toBe(server.pid);
});

test("stop ends the process and its note, and is safe twice and at once", async () => {
  const dataDir = tempDir();
  const server = await start({ dataDir });
  const pid = server.pid;
  await Promise.all([server.stop(), server.stop()]);
  await server.stop();
  expect(server.state).toBe("stopped");
  expect(server.pid).toBeNull();
  expect(gone(pid)).toBe(true);
  expect(existsSync(join(dataDir, "nats-server.json"))).toBe(false);
});

test("a server that does not heed SIGTERM is killed", async () => {
  const hurried: Clock = { ...wallClock, after: (ms, run) => wallClock.after(ms / 50, run) };
  const server = await start({ clock: hurried });
  const pid = server.pid;
  process.kill(pid ?? 0, "SIGSTOP");
  await server.stop();
  expect(gone(pid)).toBe(true);
});

test("a start under way can be given up, and leaves no process", async () => {
  const dataDir = tempDir();
  const abort = new AbortController();
  const starting = start({ dataDir, signal: abort.signal });
  await Promise.all([
    expect(starting).rejects.toThrow("changed my mind"),
    noted(dataDir).then(() => abort.abort(new Error("changed my mind"))),
  ]);
  expect(gone(notedPid(dataDir))).toBe(true);
});

test("given up or stopped at any moment, no process is left", async () => {
  const dataDir = tempDir();
  for (let ms = 0; ms <= 100; ms += 5) {
    const abort = new AbortController();
    wallClock.after(ms, () => abort.abort(new Error("given up")));
    const server = await start({ dataDir, signal: abort.signal }).catch((error: unknown) => {
      expect(error).toMatchObject({ message: "given up" });
      return null;
    });
    if (server !== null) {
      if (ms % 2 === 0) kill(server);
      await server.stop();
    }
    expect(gone(notedPid(dataDir))).toBe(true);
    if (process.platform === "linux") expect(running(dataDir)).toEqual([]);
  }
});

test("stop during a restart ends it", async () => {
  const exits = signal<string | null>();
  const dataDir = tempDir();
  const server = await start({ dataDir, onExit: (exit) => exits.send(exit.signal) });
  kill(server);
  await exits.received;
  expect(server.state).toBe("restarting");
  await server.stop();
  expect(server.state).toBe("stopped");
  expect(gone(notedPid(dataDir))).toBe(true);
});

test("while it cannot be started it is tried again at growing intervals, and leaves its port when that was taken", async () => {
  const link = join(tempDir(), "nats-server");
  symlinkSync(binary, link);
  const delays: number[] = [];
  const third = signal<null>();
  const clock: Clock = {
    ...wallClock,
    after(ms, run) {
      if (ms >= 50 && ms < 5_000) delays.push(ms);
      if (ms === 200) third.send(null);
      return wallClock.after(ms, run);
    },
  };
  const exits = signal<string | null>();
  const moves = signal<string>();
  const server = await start({
    binary: link,
    clock,
    onExit: (exit) => exits.send(exit.signal),
    onMove: (url) => moves.send(url),
  });
  const { port, url } = server;

  rmSync(link);
  kill(server);
  await exits.received;
  const squatter = createServer().listen(port, "127.0.0.1");
  onTestFinished(() => void squatter.close());
  await once(squatter, "listening");
  await third.received;
  symlinkSync(binary, link);

  const moved = await moves.received;
  expect(moved).not.toBe(url);
  expect(server.url).toBe(moved);
  expect(server.state).toBe("running");
  expect(delays.slice(0, 3)).toEqual([50, 100, 200]);
  await publish(moved, 1);
});

test("an observer that throws does not keep the server from coming back", async () => {
  const server = await start({
    onExit: () => {
      throw new Error("no");
    },
  });
  const { pid } = server;
  kill(server);
  await until(() => server.state === "running" && server.pid !== pid);
});

test("the server of a killed node is ended by the next start, never adopted", async () => {
  const dataDir = tempDir();
  const node = spawn(
    process.execPath,
    ["--import", "tsx", join(import.meta.dirname, "../../support/embedded-node.ts"), binary, dataDir],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const [line] = (await once(node.stdout, "data")) as [Buffer];
  const orphan = JSON.parse(line.toString()) as { pid: number; url: string };
  onTestFinished(() => {
    if (identify(orphan.pid)?.command.includes(dataDir)) process.kill(orphan.pid, "SIGKILL");
  });
  await publish(orphan.url, 100);
  node.kill("SIGKILL");
  await once(node, "exit");
  expect(identify(orphan.pid)?.command).toContain(dataDir);

  const server = await start({ dataDir });
  expect(server.pid).not.toBe(orphan.pid);
  expect(identify(orphan.pid)).toBeNull();
  expect(await stored(server.url)).toBe(100);
});

test("a server that is too old is refused by version", async () => {
  const old = join(tempDir(), "nats-server");
  writeFileSync(old, "#!/bin/sh\necho nats-server: v2.9.10\n");
  chmodSync(old, 0o755);
  const error = await start({ binary: old }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ServerTooOld);
  expect(error).toMatchObject({ version: "2.9.10", where: old, message: expect.stringContaining("2.12.1") });
});

test("a data directory that is a file is refused by name", async () => {
  const dataDir = join(tempDir(), "data");
  writeFileSync(dataDir, "");
  await expect(start({ dataDir })).rejects.toThrow(DataDirUnusable);
  await expect(start({ dataDir })).rejects.toThrow(dataDir);
});

test("a server that ends during its start is quoted", async () => {
  const dataDir = tempDir();
  mkdirSync(join(dataDir, "log"));
  writeFileSync(join(dataDir, "log", "jetstream"), "not a directory");
  const error = await start({ dataDir }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ServerFailed);
  expect(error).toMatchObject({ storeDir: join(dataDir, "log"), exit: { code: 1, signal: null } });
  expect((error as ServerFailed).message).toMatch(/\[FTL\].*jetstream/i);
  expect(gone(notedPid(dataDir))).toBe(true);
});

test("a store whose stream the server cannot read is refused, not begun anew", async () => {
  const dataDir = tempDir();
  const first = await start({ dataDir });
  await publish(first.url, 3);
  await first.stop();
  const metadata = join(dataDir, "log", "jetstream", "$G", "streams", "T", "meta.inf");
  const whole = readFileSync(metadata);
  writeFileSync(metadata, "garbage");
  const error = await start({ dataDir }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(StoreCorrupted);
  expect(error).toMatchObject({ storeDir: join(dataDir, "log"), streams: ["T"] });
  expect(gone(notedPid(dataDir))).toBe(true);

  writeFileSync(metadata, whole);
  const again = await start({ dataDir });
  expect(await stored(again.url)).toBe(3);
});

async function start(given: Partial<EmbeddedOptions> = {}): Promise<EmbeddedServer> {
  const server = await startEmbeddedServer({
    binary,
    dataDir: given.dataDir ?? tempDir(),
    clock: wallClock,
    log: silent,
    ...given,
  });
  onTestFinished(() => server.stop());
  return server;
}

function kill(server: EmbeddedServer): void {
  if (server.pid === null) throw new Error("it does not run");
  process.kill(server.pid, "SIGKILL");
}

async function publish(url: string, count: number): Promise<void> {
  const connection = await connect({ servers: url });
  await (await jetstreamManager(connection)).streams.add({ name: "T", subjects: ["t.>"] });
  const js = jetstream(connection);
  for (let n = 0; n < count; n++) await js.publish("t.a", String(n));
  await connection.close();
}

async function stored(url: string): Promise<number> {
  const connection = await connect({ servers: url });
  const { state } = await (await jetstreamManager(connection)).streams.info("T");
  await connection.close();
  return state.messages;
}

function signal<T>(): { received: Promise<T>; send: (value: T) => void } {
  let send: (value: T) => void = () => {};
  const received = new Promise<T>((resolve) => {
    send = resolve;
  });
  return { received, send };
}

/** Looks every 10 ms; the test's own time-out ends a wait in vain. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise<void>((resolve) => wallClock.after(10, resolve));
}

const noteIn = (dataDir: string) => join(dataDir, "nats-server.json");
const noted = (dataDir: string) => until(() => existsSync(noteIn(dataDir)));

/** The pid in the note that a start leaves; 0 when there is none. */
function notedPid(dataDir: string): number {
  return existsSync(noteIn(dataDir)) ? (JSON.parse(readFileSync(noteIn(dataDir), "utf8")) as { pid: number }).pid : 0;
}

function gone(pid: number | null): boolean {
  return pid === null || pid === 0 || identify(pid) === null;
}

/** Pids of servers on a data directory, noted or not. */
function running(dataDir: string): string[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => identify(Number(pid))?.command.includes(join(dataDir, "nats-server.conf")));
}

function processGroup(pid: number | null): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[5 - 3]);
}
