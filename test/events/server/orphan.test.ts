import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Clock, wallClock } from "../../../src/clock.ts";
import { endOrphan, forgetServer, identify, noteServer } from "../../../src/events/server/orphan.ts";
import { tempDir } from "../../support/temp.ts";

test("a noted process that still runs is ended", async () => {
  const { dir, configFile } = dataDir();
  const { pid, ended } = await bystander(configFile);
  noteServer(dir, pid, configFile);
  expect(await endOrphan(dir, configFile, wallClock)).toBe(pid);
  expect(await ended).toBe("SIGTERM");
  expect(await endOrphan(dir, configFile, wallClock)).toBeNull();
});

test("one that does not heed SIGTERM is killed", async () => {
  const { dir, configFile } = dataDir();
  const { pid, ended } = await bystander(configFile, "process.on('SIGTERM', () => {});");
  noteServer(dir, pid, configFile);
  const impatient: Clock = { ...wallClock, elapsed: () => 100 * wallClock.elapsed() };
  expect(await endOrphan(dir, configFile, impatient)).toBe(pid);
  expect(await ended).toBe("SIGKILL");
});

test.for([
  ["a pid that was reused by the same program (another start time)", { startedAt: "1" }],
  ["a pid that was reused by another program (another command line)", { command: "/usr/bin/nats-server -c %config%" }],
  ["the server of the directory this one was copied from", { configFile: "/somewhere/else/nats-server.conf" }],
] as const)("%s is left alone", async ([, change]) => {
  const { dir, configFile } = dataDir();
  const { pid } = await bystander(configFile);
  noteServer(dir, pid, configFile);
  const file = join(dir, "nats-server.json");
  const note = { ...JSON.parse(readFileSync(file, "utf8")), ...change };
  writeFileSync(file, JSON.stringify(note).replace("%config%", configFile));
  expect(await endOrphan(dir, configFile, wallClock)).toBeNull();
  expect(identify(pid)).not.toBeNull();
});

test("no note, a broken note and a note of a process long gone mean no orphan", async () => {
  const { dir, configFile } = dataDir();
  expect(await endOrphan(dir, configFile, wallClock)).toBeNull();
  writeFileSync(join(dir, "nats-server.json"), "{");
  expect(await endOrphan(dir, configFile, wallClock)).toBeNull();
  const { pid, process, ended } = await bystander(configFile);
  noteServer(dir, pid, configFile);
  process.kill("SIGKILL");
  await ended;
  expect(await endOrphan(dir, configFile, wallClock)).toBeNull();
  forgetServer(dir);
  forgetServer(dir);
});

function dataDir() {
  const dir = tempDir();
  return { dir, configFile: join(dir, "nats-server.conf") };
}

/** A process of ours with the configuration's path on its command line. */
async function bystander(
  configFile: string,
  script = "",
): Promise<{ pid: number; process: ChildProcess; ended: Promise<string | null> }> {
  const code = `${script} setInterval(() => {}, 1e8); console.log("up")`;
  const child = spawn(process.execPath, ["-e", code, "--", "-c", configFile], { stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = once(child, "exit").then(([, signal]) => signal as string | null);
  await once(child.stdout, "data");
  if (child.pid === undefined) throw new Error("it did not start");
  return { pid: child.pid, process: child, ended };
}
