/**
 * Run by a test as a process of its own, to be stopped or killed: a node on somebody else's server, whose source tells what
 * was given and whose models write a line for each call. Argument: WorkerScript as JSON.
 */
import Database from "better-sqlite3";
import { pino } from "pino";
import { startApp } from "../../src/app.ts";
import { pause, wallClock } from "../../src/clock.ts";
import { connectNats } from "../../src/events/connect.ts";
import type { Policy } from "../../src/match/policy.ts";
import { liveConfig } from "./live-node.ts";
import { scriptedModels, tipOf } from "./scripted-models.ts";
import { scriptedSource } from "./scripted-source.ts";

export interface WorkerScript {
  natsUrl: string;
  dataDir: string;
  policy: Policy;
  /** Name and kick-off, epoch milliseconds. Each ends 2-1 half a second later. */
  matches: [string, number][];
  /** How long the models take, by name. */
  models: Record<string, number>;
  /** Where the process kills itself, null for nowhere. */
  fault: Fault | null;
}

/** Before this is sent to the server, or this is run by SQLite, for the `nth` time: SIGKILL. */
export interface Fault {
  kind: "publish" | "sql";
  /** A regular expression. */
  pattern: string;
  nth: number;
}

const script = JSON.parse(process.argv[2] ?? "") as WorkerScript;
if (script.fault !== null) await plant(script.fault);

const source = scriptedSource();
for (const [name, kickoff] of script.matches) {
  const id = source.add(name, 0, { kickoff });
  wallClock.after(kickoff + 500 - wallClock.now(), () => source.finish(id, 2, 1));
}
const models = scriptedModels(Object.keys(script.models));
for (const id of source.matches.keys()) {
  models.answersOf.set(id, async ({ model, signal }) => {
    process.stdout.write(`call ${id} ${model}\n`);
    await pause(wallClock, script.models[model] ?? 0, signal);
    signal.throwIfAborted();
    return tipOf(model);
  });
}
const app = await startApp({
  config: { ...liveConfig(script.dataDir, script.policy), natsUrl: script.natsUrl },
  origin: { source, season: "2026" },
  models,
  logger: pino({ level: process.env.FULLTIME_TEST_LOG ?? "silent" }),
  onProgress: () => {},
  signal: new AbortController().signal,
});
process.stdout.write(`up ${app.url}\n`);
process.once("SIGTERM", () => void app.stop().then(() => process.exit(0)));

async function plant({ kind, pattern, nth }: Fault): Promise<void> {
  const wanted = new RegExp(pattern);
  let seen = 0;
  const pass = (text: string) => {
    if (wanted.test(text) && ++seen === nth) process.kill(process.pid, "SIGKILL");
  };
  if (kind === "sql") {
    const { prepare } = Database.prototype;
    Database.prototype.prepare = function (this: Database.Database, sql: string) {
      const statement = prepare.call(this, sql);
      const run = statement.run.bind(statement) as (...given: unknown[]) => Database.RunResult;
      statement.run = (...given: unknown[]) => {
        pass(sql);
        return run(...given);
      };
      return statement;
    } as typeof prepare;
    return;
  }
  // The client is made deep inside the node: its class is patched.
  const nc = await connectNats({ url: script.natsUrl });
  const client = Object.getPrototypeOf(nc) as Record<
    "publish" | "request",
    (subject: string, ...more: unknown[]) => unknown
  >;
  await nc.close();
  for (const method of ["publish", "request"] as const) {
    const original = client[method];
    client[method] = function (this: unknown, subject: string, ...more: unknown[]) {
      pass(subject);
      return original.call(this, subject, ...more);
    };
  }
}
