import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type FileHandle, open, writeFile } from "node:fs/promises";
import { type Clock, pause } from "../../clock.ts";
import type { Category } from "../../match/event.ts";
import { greet } from "./greeting.ts";
import { logTailFrom } from "./log-tail.ts";
import { PortTaken } from "./port.ts";
import { type ServerSettings, serverConfig } from "./server-config.ts";

export interface LaunchOptions {
  binary: string;
  /** Written anew at each launch. */
  configFile: string;
  settings: ServerSettings;
  clock: Clock;
  /** A process group of its own: Ctrl-C in our terminal does not reach it, so we can still append what we drain. */
  detached: boolean;
  /** Recovering a large store takes a while (1 M subjects: 1.3 s). */
  readyWithinMs?: number;
  /** Gives up waiting and ends the server. */
  signal?: AbortSignal;
  /** Called as soon as the process exists, long before it is ready. */
  onSpawn?: (pid: number, commandLine: readonly string[]) => void;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A server that has greeted a client. */
export interface ServerProcess {
  pid: number;
  port: number;
  version: string;
  /** Resolves when the process has ended, whoever ended it. */
  exited: Promise<Exit>;
  /** SIGTERM, and SIGKILL when that has not ended it in time; resolves when it has ended. */
  end(): Promise<Exit>;
  /** The last lines this process logged. */
  logTail(): Promise<string[]>;
}

/**
 * Starts a nats-server and waits until it greets. Rejects with `PortTaken` or `ServerFailed`, or with the signal's reason; no
 * process is left then.
 */
export async function launchServer(options: LaunchOptions): Promise<ServerProcess> {
  const { binary, configFile, settings, clock, signal } = options;
  signal?.throwIfAborted();
  await writeFile(configFile, serverConfig(settings));

  // Its log is also where a refused configuration and a Go panic are written. Never a pipe to us: writing to one whose reader died is SIGPIPE.
  const log = await open(settings.logFile, "a");
  const logStart = (await log.stat()).size;
  const logTail = () => logTailFrom(settings.logFile, logStart);
  const child = await spawnInto(log, binary, ["-c", configFile], options.detached);
  if ("error" in child)
    throw new ServerFailed(`could not be started: ${child.error.message}`, settings, null, [], child.error);
  const { pid, exited } = child;
  const end = () => endProcess(child.process, exited, clock);
  try {
    options.onSpawn?.(pid, [binary, "-c", configFile]);
    const version = await untilReady(options, exited, logTail);
    return { pid, port: settings.port, version, exited, end, logTail };
  } catch (error) {
    await end();
    throw error;
  }
}

const defaultReadyWithinMs = 120_000;
const greetingEveryMs = 20;
const graceMs = 5_000;

type Child = { process: ChildProcess; pid: number; exited: Promise<Exit> };

async function spawnInto(
  log: FileHandle,
  file: string,
  args: string[],
  detached: boolean,
): Promise<Child | { error: Error }> {
  try {
    const process = spawn(file, args, { detached, stdio: ["ignore", log.fd, log.fd] });
    const exited = new Promise<Exit>((resolve) => process.once("exit", (code, signal) => resolve({ code, signal })));
    const { pid } = process;
    if (pid !== undefined) return { process, pid, exited };
    const [error] = (await once(process, "error")) as [Error];
    return { error };
  } finally {
    await log.close();
  }
}

async function untilReady(
  options: LaunchOptions,
  exited: Promise<Exit>,
  logTail: () => Promise<string[]>,
): Promise<string> {
  const { settings, clock, signal, readyWithinMs = defaultReadyWithinMs } = options;
  const deadline = clock.elapsed() + readyWithinMs;
  let exit: Exit | null = null;
  const watch = exited.then((value) => {
    exit = value;
  });
  for (;;) {
    signal?.throwIfAborted();
    if (exit !== null) {
      const tail = await logTail();
      if (tail.some((line) => line.includes("address already in use"))) throw new PortTaken(settings.port);
      throw new ServerFailed(`ended during its start (${describe(exit)})`, settings, exit, tail);
    }
    const greeting = await greet(settings.port);
    if (greeting?.server_name === settings.name && greeting.jetstream === true) return greeting.version ?? "";
    if (greeting !== null && greeting.server_name !== settings.name) throw new PortTaken(settings.port);
    if (clock.elapsed() > deadline)
      throw new ServerFailed(`did not greet within ${readyWithinMs / 1000} s`, settings, null, await logTail());
    await Promise.race([watch, pause(clock, greetingEveryMs, signal)]);
  }
}

async function endProcess(child: ChildProcess, exited: Promise<Exit>, clock: Clock): Promise<Exit> {
  child.kill("SIGTERM");
  const hard = clock.after(graceMs, () => child.kill("SIGKILL"));
  try {
    return await exited;
  } finally {
    hard.cancel();
  }
}

export function describe(exit: Exit): string {
  return exit.signal === null ? `exit code ${exit.code}` : exit.signal;
}

export class ServerFailed extends Error {
  override readonly name = "ServerFailed";
  readonly category: Category = "permanent";
  readonly storeDir: string;
  readonly logFile: string;
  /** null when it was still running. */
  readonly exit: Exit | null;
  readonly logTail: readonly string[];

  constructor(what: string, settings: ServerSettings, exit: Exit | null, logTail: readonly string[], cause?: unknown) {
    const log =
      logTail.length === 0
        ? ""
        : ` Its last words in ${settings.logFile}:\n${logTail.map((line) => `  ${line}`).join("\n")}`;
    super(`the nats-server for ${settings.storeDir} ${what}.${log}`, { cause });
    this.storeDir = settings.storeDir;
    this.logFile = settings.logFile;
    this.exit = exit;
    this.logTail = logTail;
  }
}
