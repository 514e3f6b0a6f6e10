import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Clock, pause } from "../../clock.ts";

const fileName = "nats-server.json";

const recordSchema = z.object({
  pid: z.number().int().positive(),
  /** When the process began, in the form the system tells it. Only equality means something: a reused pid has another. */
  startedAt: z.string(),
  command: z.string(),
  configFile: z.string(),
});

/**
 * Notes the server that runs on this data directory, so that the next start finds it when we are killed. Synchronous, for the
 * shortest time between its birth and the note.
 */
export function noteServer(dataDir: string, pid: number, configFile: string): void {
  const process = identify(pid);
  if (process === null) return;
  const file = join(dataDir, fileName);
  writeFileSync(
    `${file}.new`,
    `${JSON.stringify({ pid, ...process, configFile } satisfies z.infer<typeof recordSchema>)}\n`,
  );
  renameSync(`${file}.new`, file);
}

export function forgetServer(dataDir: string): void {
  rmSync(join(dataDir, fileName), { force: true });
}

/**
 * Ends the server that a killed node left on this data directory, and returns its pid; null when there is none. Pid, start time
 * and command line must be those noted and the configuration that of this very directory: neither a reused pid nor the server of
 * a directory this one was copied from is touched. Never adopts it: it may be older than the settings we would start it with.
 */
export async function endOrphan(dataDir: string, configFile: string, clock: Clock): Promise<number | null> {
  const record = readRecord(dataDir);
  if (record === null || record.configFile !== configFile || !record.command.includes(configFile)) return null;
  const { pid, startedAt, command } = record;
  const alive = () => {
    const now = identify(pid);
    return now !== null && now.startedAt === startedAt && now.command === command;
  };
  if (!alive()) return null;

  signalIfAlive(pid, "SIGTERM");
  const killAt = clock.elapsed() + graceMs;
  for (let killed = false; alive(); await pause(clock, lookEveryMs)) {
    if (killed || clock.elapsed() < killAt) continue;
    signalIfAlive(pid, "SIGKILL");
    killed = true;
  }
  return pid;
}

const graceMs = 5_000;
const lookEveryMs = 20;

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function readRecord(dataDir: string): z.infer<typeof recordSchema> | null {
  try {
    return recordSchema.parse(JSON.parse(readFileSync(join(dataDir, fileName), "utf8")));
  } catch {
    return null;
  }
}

interface Identity {
  startedAt: string;
  command: string;
}

/** null when no such process runs; a zombie has no command line, so it is nobody. */
export function identify(pid: number): Identity | null {
  try {
    return existsSync("/proc/self/stat") ? fromProc(pid) : fromPs(pid);
  } catch {
    return null;
  }
}

/** proc(5): the start time is field 22; counting begins behind the name, field 2, which may hold blanks and brackets. */
function fromProc(pid: number): Identity | null {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const startedAt = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[22 - 3];
  const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ").trim();
  return startedAt === undefined || command === "" ? null : { startedAt, command };
}

function fromPs(pid: number): Identity | null {
  const ask = (field: string) =>
    execFileSync("ps", ["-ww", "-o", `${field}=`, "-p", String(pid)], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
    }).trim();
  const [state, startedAt, command] = [ask("stat"), ask("lstart"), ask("args")];
  return state.startsWith("Z") ? null : { startedAt, command };
}
