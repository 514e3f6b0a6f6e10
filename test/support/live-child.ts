import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { pino } from "pino";
import type { Receiver } from "../../src/actors/webhook.ts";
import { wallClock } from "../../src/clock.ts";
import { connectNats } from "../../src/events/connect.ts";
import { durables, streamName } from "../../src/events/provision.ts";
import { startEmbeddedServer } from "../../src/events/server.ts";
import type { Policy } from "../../src/match/policy.ts";
import { type LiveFacts, liveFacts } from "./live-facts.ts";
import { serverPid } from "./node-process.ts";
import { type ScriptedSource, scriptedSource } from "./scripted-source.ts";
import { testBinary } from "./server.ts";
import { until } from "./until.ts";

/**
 * A whole node as a process of its own, which can be killed. Models of a home team `slow...` take 1.2 s; those of a
 * `deadly...` one kill the process.
 */
export interface LiveChild {
  readonly source: ScriptedSource;
  readonly facts: LiveFacts;
  /** The process knows what `source` holds from now on. */
  tell(): void;
  /** Resolves with the instant of the first `/readyz` 200; rejects when the process ends before that. */
  start(): Promise<number>;
  /** Resolves when the process has ended by itself; its server runs on. */
  died(): Promise<void>;
  /** SIGKILL takes its server along. */
  end(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** Of a node that does not run: removes all its durable consumers, and the files of its read model. */
  bereave(): Promise<void>;
  /** Ends everything and removes the directory. */
  remove(): Promise<void>;
}

const root = resolve(import.meta.dirname, "../..");

export function liveChild(policy: Policy, alerts: Receiver | null = null): LiveChild {
  const base = realpathSync(mkdtempSync(join(tmpdir(), "fulltime-live-")));
  const [dataDir, file] = [join(base, "data"), join(base, "matches.json")];
  mkdirSync(dataDir);
  const source = scriptedSource();
  const facts = liveFacts();
  let running: ChildProcess | null = null;

  const tell = () => writeFileSync(file, JSON.stringify([...source.matches]));

  async function start(): Promise<number> {
    tell();
    const program = join(root, "test/support/live-process.ts");
    const tsx = join(root, "node_modules/tsx/dist/esm/index.mjs");
    // Node itself, not a wrapper: a signal to its pid must reach the program.
    const told = [dataDir, file, JSON.stringify(policy), JSON.stringify(alerts)];
    const child = spawn(process.execPath, ["--import", tsx, program, ...told], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    running = child;
    const gone = new AbortController();
    child.once("exit", () => gone.abort(new Error("the process ended before it was ready")));
    const [line] = (await once(createInterface(child.stdout), "line", { signal: gone.signal })) as [string];
    const { url, natsUrl } = JSON.parse(line) as { url: string; natsUrl: string };
    const ready = () =>
      fetch(`${url}/readyz`).then(
        ({ status }) => (status === 200 ? true : null),
        () => null,
      );
    await until(ready, gone.signal);
    const readyAt = wallClock.now();
    await facts.attach(natsUrl);
    return readyAt;
  }

  async function end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const child = running;
    running = null;
    if (child === null) return;
    const server = serverPid(dataDir);
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
    if (signal === "SIGKILL" && server !== null) process.kill(server, "SIGKILL");
    await facts.detach();
  }

  return {
    source,
    facts,
    tell,
    start,
    end,
    async died() {
      const child = running;
      if (child === null) throw new Error("no node runs");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      running = null;
      await facts.detach();
    },
    async bereave() {
      const { path: binary } = await testBinary();
      const server = await startEmbeddedServer({ binary, dataDir, clock: wallClock, log: pino({ level: "silent" }) });
      const nats = await connectNats({ url: server.url });
      for (const durable of durables) {
        const answer = await nats.request(`$JS.API.CONSUMER.DELETE.${streamName}.${durable}`);
        if (!answer.json<{ success?: boolean }>().success) throw new Error(`${durable} could not be removed`);
      }
      await nats.close();
      await server.stop();
      rmSync(join(dataDir, "read"), { recursive: true });
    },
    async remove() {
      await end("SIGTERM");
      rmSync(base, { recursive: true, force: true });
    },
  };
}
