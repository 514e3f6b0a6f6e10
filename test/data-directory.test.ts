import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  DataDirectoryForeign,
  DataDirectoryTaken,
  isTaken,
  type NodeNote,
  type Origin,
  readOrigin,
  runningNode,
  takeDataDirectory,
} from "../src/data-directory.ts";
import { tempDir } from "./support/temp.ts";

const origin: Origin = { source: "archive", clock: "simulated", competition: "pl", season: "2016-17" };
const note: NodeNote = {
  pid: process.pid,
  startedAt: "2026-01-01T00:00:00.000Z",
  http: "http://127.0.0.1:4600",
  nats: "nats://127.0.0.1:4222",
  embedded: true,
};

function take(path: string, wanted = origin) {
  const directory = takeDataDirectory(path, wanted);
  onTestFinished(() => directory.release());
  return directory;
}

/** Another process that holds the directory; resolves once it does. */
async function holder(path: string) {
  const script = join(import.meta.dirname, "support/data-holder.ts");
  const child = spawn(process.execPath, ["--expose-gc", "--import", "tsx", script, path, origin.clock], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const said = await Promise.race([once(child.stdout, "data"), ended.then(() => "ended")]);
  expect(String(said)).toBe("taken\n");
  return { pid: child.pid ?? 0, kill: () => (child.kill("SIGKILL"), ended) };
}

describe("a data directory", () => {
  test("is made when it does not exist, and says what it was made with", () => {
    const path = join(tempDir(), "a", "b");
    expect(readOrigin(path)).toBeNull();
    take(path);
    expect(readOrigin(path)).toEqual(origin);
    expect(isTaken(path)).toBe(true);
  });

  test("of a node that follows what is on is bound to no season, and says so", () => {
    const path = tempDir();
    const followed: Origin = { source: "openfootball", clock: "wall", competition: null, season: null };
    take(path, followed).release();
    take(path, followed).release();
    expect(() => takeDataDirectory(path, { ...followed, competition: "pl", season: "2025-26" })).toThrow(
      `${path} was made for no one competition, not pl: name none, or another directory with FULLTIME_DATA_DIR`,
    );
    const other = tempDir();
    take(other, origin).release();
    expect(() => takeDataDirectory(other, { ...origin, competition: null, season: null })).toThrow(
      `${other} was made with competition pl: use pl, or another directory with FULLTIME_DATA_DIR`,
    );
  });

  test("is free before, and after it was released, which is safe twice", () => {
    const path = tempDir();
    expect(isTaken(path)).toBe(false);
    const directory = take(path);
    directory.announce(note);
    directory.release();
    directory.release();
    expect(isTaken(path)).toBe(false);
    expect(runningNode(path)).toBeNull();
    expect(existsSync(join(path, "node.json"))).toBe(false);
    take(path);
  });

  test("tells the running node once that has announced itself", () => {
    const path = tempDir();
    const directory = take(path);
    expect(runningNode(path)).toBeNull();
    directory.announce(note);
    expect(runningNode(path)).toEqual(note);
  });

  test("does not believe the note of a dead process, though the next node holds the lock", () => {
    const path = tempDir();
    take(path).announce({ ...note, pid: deadPid() });
    expect(runningNode(path)).toBeNull();
  });

  test("ignores the note that a killed node left behind", () => {
    const path = tempDir();
    writeFileSync(join(path, "node.json"), JSON.stringify(note));
    expect(runningNode(path)).toBeNull();
    take(path);
    expect(runningNode(path)).toBeNull();
  });
});

/** Of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ["--version"]).pid;
}

describe("a taken directory", () => {
  test("is refused to the same process, naming the pid as soon as it is known", () => {
    const path = tempDir();
    const directory = take(path);
    expect(() => take(path)).toThrow(/in use by a running node \(it has not said its pid yet\)/);
    directory.announce(note);
    expect(() => take(path)).toThrow(new DataDirectoryTaken(path, process.pid));
    expect(() => take(path)).toThrow(new RegExp(`pid ${process.pid}.*FULLTIME_DATA_DIR`));
    directory.release();
    take(path);
  });

  test("is refused while another process holds it, and free again once that is killed", async () => {
    const path = tempDir();
    const other = await holder(path);
    expect(runningNode(path)?.pid).toBe(other.pid);
    expect(() => take(path)).toThrow(new RegExp(`${path} is in use by a running node \\(pid ${other.pid}\\)`));
    await other.kill();
    expect(runningNode(path)).toBeNull();
    take(path);
  });
});

describe("a directory made with something else", () => {
  test.for([
    ["source", "openfootball"],
    ["clock", "wall"],
    ["competition", "bl1"],
    ["season", "2015-16"],
  ] as const)("is refused for another %s, and stays free", ([setting, value]) => {
    const path = tempDir();
    take(path).release();
    expect(() => take(path, { ...origin, [setting]: value })).toThrow(DataDirectoryForeign);
    expect(() => take(path, { ...origin, [setting]: value })).toThrow(
      `${path} was made with ${setting} ${origin[setting]}, not ${value}: use ${origin[setting]}, or another directory with FULLTIME_DATA_DIR`,
    );
    expect(isTaken(path)).toBe(false);
    take(path);
  });

  test("is refused when nobody can say with what", () => {
    const path = tempDir();
    writeFileSync(join(path, "origin.json"), "{");
    expect(() => take(path)).toThrow(/origin\.json/);
    expect(isTaken(path)).toBe(false);
  });
});
