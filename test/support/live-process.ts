/**
 * Run by a test as a process of its own, to be killed: a node whose source tells what a file holds. Arguments: data
 * directory, that file, the policy as JSON, and where alerts go as JSON.
 */
import { readFileSync } from "node:fs";
import { pino } from "pino";
import type { Receiver } from "../../src/actors/webhook.ts";
import { startApp } from "../../src/app.ts";
import { pause, wallClock } from "../../src/clock.ts";
import type { Policy } from "../../src/match/policy.ts";
import { liveConfig } from "./live-node.ts";
import { scriptedModels, tipOf } from "./scripted-models.ts";
import { type ScriptedMatch, scriptedSource } from "./scripted-source.ts";

const [dataDir, file, policy, receiver = "null"] = process.argv.slice(2);
if (dataDir === undefined || file === undefined || policy === undefined) throw new Error("needs three arguments");

const script = scriptedSource();
const fresh = () => {
  const told = JSON.parse(readFileSync(file, "utf8")) as [string, ScriptedMatch][];
  for (const [id, match] of told) script.matches.set(id, match);
  return script;
};
const models = scriptedModels();
const scripted: typeof models = {
  ...models,
  async ask(model, question, signal) {
    if (question.fixture.home.startsWith("deadly")) process.kill(process.pid, "SIGKILL");
    // Long enough to be in flight when the process is killed, and short enough for its budget.
    if (question.fixture.home.startsWith("slow")) await pause(wallClock, 1200, signal);
    signal.throwIfAborted();
    return tipOf(model);
  },
};

const alerts = JSON.parse(receiver) as Receiver | null;
const app = await startApp({
  config: {
    ...liveConfig(dataDir, JSON.parse(policy) as Policy),
    alertUrl: alerts?.url ?? null,
    alertSecret: alerts?.secret ?? null,
  },
  origin: {
    source: {
      ...script,
      fixtures: (...asked) => fresh().fixtures(...asked),
      results: (...asked) => fresh().results(...asked),
    },
    season: "2026",
  },
  models: scripted,
  logger: pino({ level: "silent" }),
  onProgress: () => {},
  signal: new AbortController().signal,
});
console.log(JSON.stringify({ url: app.url, natsUrl: app.natsUrl }));
process.on("SIGTERM", () => void app.stop().then(() => process.exit(0)));
