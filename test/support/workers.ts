import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished } from "vitest";
import { createBell } from "../../src/events/bell.ts";
import { matchEntry } from "../../src/events/entries.ts";
import { connectNats } from "../../src/events/connect.ts";
import { durables, streamName } from "../../src/events/provision.ts";
import type { LogMessage } from "../../src/events/log.ts";
import { wallClock } from "../../src/clock.ts";
import { countAnswers } from "../../src/match/answers.ts";
import { fold } from "../../src/match/evolve.ts";
import { createChecker } from "../../src/match/invariants.ts";
import { unknownMatch } from "../../src/match/match.ts";
import type { Policy } from "../../src/match/policy.ts";
import { environment } from "./node-process.ts";
import { readAll } from "./log-reader.ts";
import { type LiveFacts, liveFacts } from "./live-facts.ts";
import { secondsForHours } from "./live-node.ts";
import { startTestServer, type TestServer } from "./server.ts";
import type { Fault, WorkerScript } from "./worker.ts";

export interface Worker {
  readonly child: ChildProcess;
  /** What its models were asked: `<match id> <model>`. */
  readonly calls: readonly string[];
  /** Resolves when it said that; rejects when it ended before. */
  says(beginning: string): Promise<void>;
  /** Resolves when one of its models is asked, from now on; rejects when it ended before. */
  asks(): Promise<void>;
  ended: Promise<NodeJS.Signals | number | null>;
}

/** Workers on one server. It and they end with the test. */
export interface Workers {
  readonly server: TestServer;
  readonly facts: LiveFacts;
  /** `place` names its data directory; one that died leaves it to its successor. */
  start(place: string, fault?: Fault): Worker;
  dataDir(place: string): string;
  /** As an operator might: all durable ones. */
  removeConsumers(): Promise<void>;
  /** Every call of every worker. */
  calls(): string[];
  all(): Promise<LogMessage[]>;
}

type Setting = Pick<WorkerScript, "matches" | "models"> & Partial<Pick<WorkerScript, "policy">>;

export async function workers({ matches, models, policy = secondsForHours }: Setting): Promise<Workers> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), "fulltime-workers-")));
  onTestFinished(() => rmSync(base, { recursive: true, force: true, maxRetries: 5 }));
  const server = await startTestServer();
  onTestFinished(() => server.stop());
  const facts = liveFacts();
  onTestFinished(() => facts.detach());
  const started: Worker[] = [];
  onTestFinished(async () => {
    for (const { child } of started) child.kill("SIGKILL");
    await Promise.all(started.map(({ ended }) => ended));
  });
  await facts.attach(server.url);
  const dataDir = (place: string) => join(base, place);

  return {
    server,
    facts,
    dataDir,
    start(place, fault) {
      const script: WorkerScript = {
        natsUrl: server.url,
        dataDir: dataDir(place),
        policy,
        matches,
        models,
        fault: fault ?? null,
      };
      const worker = spawnWorker(script);
      started.push(worker);
      return worker;
    },
    async removeConsumers() {
      const nc = await connectNats({ url: server.url });
      for (const durable of durables) await nc.request(`$JS.API.CONSUMER.DELETE.${streamName}.${durable}`);
      await nc.close();
    },
    calls: () => started.flatMap(({ calls }) => calls),
    all: () => readAll(facts.log),
  };
}

function spawnWorker(script: WorkerScript): Worker {
  const root = resolve(import.meta.dirname, "../..");
  const tsx = join(root, "node_modules", "tsx", "dist", "esm", "index.mjs");
  const child = spawn(
    process.execPath,
    ["--import", tsx, join(root, "test", "support", "worker.ts"), JSON.stringify(script)],
    { cwd: root, env: environment(script.dataDir), stdio: ["ignore", "pipe", "inherit"] },
  );
  const lines: string[] = [];
  const calls: string[] = [];
  const news = createBell();
  let over = false;
  let rest = "";
  child.stdout.on("data", (chunk: Buffer) => {
    const parts = `${rest}${chunk.toString()}`.split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
    for (const line of parts) if (line.startsWith("call ")) calls.push(line.slice(5));
    news.ring();
  });
  const ended = new Promise<NodeJS.Signals | number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      over = true;
      news.ring();
      resolve(signal ?? code);
    });
  });
  return {
    child,
    calls,
    ended,
    async says(beginning) {
      while (!lines.some((line) => line.startsWith(beginning))) {
        if (over) throw new Error(`the worker ended before it said ${beginning}`);
        await news.heard();
      }
    },
    async asks() {
      const before = calls.length;
      while (calls.length === before) {
        if (over) throw new Error("the worker ended before it asked a model");
        await news.heard();
      }
    },
  };
}

/** Facts that stand more than once in the log for what may have only one: `<match id> <what>`. */
export function doubled(messages: readonly LogMessage[]): string[] {
  const seen = new Set<string>();
  const twice: string[] = [];
  for (const { entity, event } of messages) {
    if (event === null || entity?.root !== "match") continue;
    for (const what of basesOf(event)) {
      const key = `${entity.id} ${what}`;
      if (seen.has(key)) twice.push(key);
      seen.add(key);
    }
  }
  return twice;
}

function basesOf(event: NonNullable<LogMessage["event"]>): string[] {
  const { type, data } = event;
  if (type === "match.analysed") return [`analysed, round ${data.round}`];
  if (type === "match.lineups") return data.available ? [`lineups, round ${data.round}`] : [];
  if (type === "match.predicted") return data.answers.map(({ model }) => `${model}, round ${data.round}`);
  if (type === "match.finished") return [`finished, revision ${data.revision}`];
  return type === "match.settled" ? [`settled, revision ${data.revision}`] : [];
}

/**
 * The log violates nothing; each match has all its facts, each of them once, and of each model one answer that counts: a second one is
 * marked as a duplicate. Returns answers that were paid for twice.
 */
export function expectComplete(
  messages: readonly LogMessage[],
  ids: readonly string[],
  models: readonly string[],
  policy: Policy,
): string[] {
  const checker = createChecker(policy);
  for (const message of messages) checker.add(message);
  expect(checker.finish(wallClock.now())).toEqual({ violations: [], open: 0 });
  const twice = doubled(messages);
  const isAnswer = (what: string) => models.some((model) => what.includes(` ${model}, round`));
  expect(twice.filter((what) => !isAnswer(what))).toEqual([]);
  for (const id of ids) {
    const own = messages.filter(({ entity }) => entity?.id === id);
    const types = new Set(own.map(({ event }) => event?.type));
    for (const type of [
      "match.analysed",
      "match.lineups",
      "match.predicted",
      "match.finished",
      "match.settled",
    ] as const)
      expect(types.has(type), `${id} ${type}`).toBe(true);
    const answers = countAnswers(fold(unknownMatch(id), own.map(matchEntry)));
    const counting = answers.filter(({ counts }) => counts === true);
    expect(counting.map(({ answer }) => answer.model).sort(), id).toEqual([...models].sort());
    const second = answers.filter(({ counts }) => counts !== true);
    expect(
      second.map(({ counts, answer }) => `${counts} ${id} ${answer.model}, round ${answer.round}`).sort(),
      id,
    ).toEqual(
      twice
        .filter((what) => what.startsWith(`${id} `))
        .map((what) => `duplicate ${what}`)
        .sort(),
    );
  }
  return twice;
}
