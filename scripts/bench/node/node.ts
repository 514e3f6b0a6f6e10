import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pause, wallClock } from "../../../src/clock.ts";
import type { Stage } from "../../../src/match/event.ts";
import type { Answer, Lateness, NodeSetup, Request } from "./messages.ts";
import type { Offer } from "./offers.ts";
import { typescript } from "./typescript.ts";

/** A node of the product in a process of its own (child.ts), as a bench handles it. */
export interface BenchNode {
  readonly url: string;
  readonly pid: number;
  readonly serverPid: number;
  /** From the process's start to the first 200 of /readyz. */
  readonly readySeconds: number;
  offer(offer: Offer): void;
  /** Resolves once every match of the offer has ended that stage: how many were missed. */
  played(offer: Offer, upTo: "predict" | "settle"): Promise<number>;
  tick(count: number): Promise<number[]>;
  lateness(offer: Offer, from: number): Promise<Record<Stage, Lateness>>;
  /** As on SIGTERM. */
  stop(): Promise<void>;
}

const child = join(import.meta.dirname, "child.ts");

/** Resolves once the node is ready. Rejects with the signal's reason, or when the process ends before. */
export async function startBenchNode(setup: NodeSetup, signal: AbortSignal): Promise<BenchNode> {
  const began = wallClock.elapsed();
  const process = fork(child, [JSON.stringify(setup)], {
    execArgv: typescript,
    // Ctrl-C goes to the bench alone, which ends its nodes.
    detached: true,
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const gone = new AbortController();
  process.once("exit", (code, by) => gone.abort(new Error(`the node ended (${by ?? code})`)));
  const given = AbortSignal.any([signal, gone.signal]);
  const stop = () => end(process);
  try {
    const { url } = await answered(process, "ready", given);
    await ready(url, given);
    const readySeconds = (wallClock.elapsed() - began) / 1000;
    const ask = <R extends Exclude<Request, { kind: "offer" }>>(request: R) => {
      const answer = answered<R["kind"]>(process, request.kind, given);
      process.send(request);
      return answer;
    };
    return {
      url,
      pid: process.pid ?? 0,
      serverPid: serverPid(setup.dataDir),
      readySeconds,
      offer: (offer) => void process.send({ kind: "offer", offer } satisfies Request),
      played: async (offer, upTo) => (await ask({ kind: "played" as const, offer, upTo })).missed,
      tick: async (count) => (await ask({ kind: "tick" as const, count })).ms,
      lateness: async (offer, from) => (await ask({ kind: "lateness" as const, offer, from })).worst,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function answered<K extends Answer["kind"]>(
  process: ChildProcess,
  kind: K,
  signal: AbortSignal,
): Promise<Extract<Answer, { kind: K }>> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const settle = () => {
      process.off("message", take);
      signal.removeEventListener("abort", abort);
    };
    const take = (answer: Answer) => {
      if (answer.kind !== kind) return;
      settle();
      resolve(answer as Extract<Answer, { kind: K }>);
    };
    const abort = () => {
      settle();
      reject(signal.reason as Error);
    };
    process.on("message", take);
    signal.addEventListener("abort", abort);
  });
}

const askEveryMs = 20;

async function ready(url: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const status = await fetch(`${url}/readyz`, { signal }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => null,
    );
    signal.throwIfAborted();
    if (status === 200) return;
    await pause(wallClock, askEveryMs, signal);
  }
}

function serverPid(dataDir: string): number {
  return (JSON.parse(readFileSync(join(dataDir, "nats-server.json"), "utf8")) as { pid: number }).pid;
}

async function end(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  const exited = once(process, "exit");
  process.kill("SIGTERM");
  await exited;
}
