import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { inject } from "vitest";
import { runningNode } from "../../src/data-directory.ts";

const root = resolve(import.meta.dirname, "../..");

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** `fulltime` as its user runs it: a process of its own on a data directory of its own. */
export interface FulltimeProcess {
  readonly child: ChildProcess;
  /** What it has written so far. */
  stdout(): string;
  stderr(): string;
  ended: Promise<Ended>;
}

/** The environment of a run: nothing of the caller's FULLTIME_ settings, the checkout's cache of nats-server. */
export function environment(dataDir: string, more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("FULLTIME_"));
  return {
    ...Object.fromEntries(inherited),
    NO_COLOR: "1",
    FULLTIME_CACHE_DIR: process.env.FULLTIME_CACHE_DIR ?? join(root, ".cache"),
    FULLTIME_DATA_DIR: dataDir,
    FULLTIME_PORT: "0",
    // A season with all 42 members takes twice as long, and says no more of whoever is not about the panel.
    FULLTIME_PANEL: join(root, "test", "support", "small-panel.json"),
    ...more,
  };
}

export function startFulltime(
  dataDir: string,
  args: readonly string[],
  more: Record<string, string> = {},
  stdin: "ignore" | "pipe" = "ignore",
): FulltimeProcess {
  // Node itself, not a wrapper: a signal to `child.pid` must reach the program.
  const child = spawn(process.execPath, [inject("program"), ...args], {
    cwd: dataDir,
    env: environment(dataDir, more),
    stdio: [stdin, "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, stdout: () => stdout, stderr: () => stderr, ended };
}

export function fulltime(dataDir: string, ...args: string[]): Promise<Ended> {
  return startFulltime(dataDir, args).ended;
}

/** Pid of the embedded server of a data directory, null while none is noted. */
export function serverPid(dataDir: string): number | null {
  try {
    return (JSON.parse(readFileSync(join(dataDir, "nats-server.json"), "utf8")) as { pid: number }).pid;
  } catch {
    return null;
  }
}

export { runningNode };
