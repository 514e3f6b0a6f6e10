import { rmSync } from "node:fs";
import { expect, onTestFinished } from "vitest";
import { pause, wallClock } from "../../src/clock.ts";
import { connectNats } from "../../src/events/connect.ts";
import type { LogMessage } from "../../src/events/log.ts";
import { letterBox } from "../../src/events/subjects.ts";
import { type Random, seededRandom } from "../simulation/random.ts";
import { logUpTo, openLogOf, readAll } from "../support/log-reader.ts";
import { type FulltimeProcess, fulltime, runningNode, serverPid, startFulltime } from "../support/node-process.ts";
import { tempDir } from "../support/temp.ts";

interface Summary {
  events: number;
  matches: number;
  settled: number;
  coveragePercent: number;
  panel: unknown[];
}

interface Kill {
  victim: "node" | "server" | "both";
  /** Once the log has come to a sequence, or so many milliseconds after the start or the kill before: while a node starts, too. */
  when: { sequence: number } | { afterMs: number };
}

/** What somebody beside the node knows to be in the log: whatever was delivered or acknowledged. */
interface Witness {
  messages: Map<number, LogMessage>;
  /** Sequences of the letters the log acknowledged, and what they say. */
  letters: Map<number, string>;
}

/**
 * Plays a season undisturbed, then once more under `kills` seeded kill -9 of node and server, going on after each; expects the
 * same table, a log and a read model that verify, each answer once, and all that was ever acknowledged.
 */
export async function expectSameSeasonUnderKills(competition: string, kills: number, seed: number): Promise<void> {
  const season = ["run", "--competition", competition, "--exit-when-done", "--json"];
  const undisturbed = tempDir();
  const expected = JSON.parse((await fulltime(undisturbed, ...season)).stdout) as Summary;
  rmSync(undisturbed, { recursive: true, force: true });
  const { matches } = expected;
  expect(expected).toMatchObject({ settled: matches, coveragePercent: 100 });

  const dataDir = tempDir();
  const plan = killPlan(seededRandom(seed), kills, expected.events);
  const witness = await playUnderKills(dataDir, season, plan);
  const last = await fulltime(dataDir, ...season);
  expect(last.code, last.stderr).toBe(0);
  const summary = JSON.parse(last.stdout) as Summary;
  expect(summary).toMatchObject({ matches, settled: matches, coveragePercent: 100 });
  expect(summary.panel).toEqual(expected.panel);

  const verified = await fulltime(dataDir, "verify", "--json");
  expect(verified, verified.stdout.slice(0, 2000)).toMatchObject({ code: 0 });
  const projections = await fulltime(dataDir, "projections", "verify", "--json");
  expect(projections, projections.stdout.slice(0, 2000)).toMatchObject({ code: 0 });
  expect(runningNode(dataDir)).toBeNull();
  const log = await openLogOf(dataDir, readAll);
  expect(answersGivenTwice(log)).toEqual([]);
  expectWitnessed(log, witness);
}

/** Positions are spread over the season however fast the machine is. */
function killPlan(random: Random, kills: number, events: number): Kill[] {
  const positions = Array.from({ length: kills }, () => random.int(1, Math.floor(events * 0.9))).sort((a, b) => a - b);
  return positions.map((sequence) => ({
    victim: random.pick(["node", "server", "both"]),
    when: random.chance(0.7) ? { sequence } : { afterMs: random.int(50, 4000) },
  }));
}

async function playUnderKills(dataDir: string, season: readonly string[], plan: readonly Kill[]): Promise<Witness> {
  const witness: Witness = { messages: new Map(), letters: new Map() };
  const dead = new Set<number>();
  let run: FulltimeProcess | null = null;
  const killServer = () => {
    const pid = serverPid(dataDir);
    // The note outlives its server, whose pid may be somebody else's by now.
    if (pid === null || dead.has(pid)) return;
    dead.add(pid);
    killIfThere(pid);
  };
  onTestFinished(() => {
    run?.child.kill("SIGKILL");
    killServer();
  });
  for (const [at, { victim, when }] of plan.entries()) {
    run ??= startFulltime(dataDir, season);
    const { child, ended } = run;
    const over = new AbortController();
    void ended.then((it) => over.abort(new Error(`the run ended by itself: ${it.code} ${it.signal} ${it.stderr}`)));
    if ("afterMs" in when) await pause(wallClock, when.afterMs, over.signal);
    else await watch(dataDir, when.sequence, witness, over.signal);
    over.signal.throwIfAborted();
    if (victim !== "node") killServer();
    // A node whose server is killed goes on with a new one.
    if (victim === "server") continue;
    child.kill("SIGKILL");
    expect(await ended, `kill ${at + 1} of ${plan.length}: ${JSON.stringify(plan[at])}`).toMatchObject({
      signal: "SIGKILL",
    });
    run = null;
  }
  if (run !== null) {
    const { code, stderr } = await run.ended;
    expect(code, stderr).toBe(0);
  }
  return witness;
}

/** Follows the running node's log to that sequence, and sends a letter that nobody has answered when the kill comes. */
async function watch(dataDir: string, sequence: number, witness: Witness, signal: AbortSignal): Promise<void> {
  const seen = Math.max(0, ...witness.messages.keys());
  for (const message of await logUpTo(dataDir, seen, sequence, signal)) witness.messages.set(message.sequence, message);
  const nats = await connectNats({ url: runningNode(dataDir)?.nats ?? "" });
  try {
    const letter = JSON.stringify({ matchId: `nobody-${witness.letters.size}`, by: "ops" });
    const ack = await nats.request(letterBox, letter, { timeout: 10_000 });
    witness.letters.set(ack.json<{ seq: number }>().seq, letter);
  } finally {
    await nats.close();
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Model answers that the log holds more than once for a round: paid for again although they were there. */
function answersGivenTwice(log: readonly LogMessage[]): string[] {
  const seen = new Set<string>();
  const twice: string[] = [];
  for (const { entity, event } of log) {
    if (event?.type !== "match.predicted") continue;
    for (const { model } of event.data.answers) {
      const key = `${entity?.id} round ${event.data.round} ${model}`;
      if (seen.has(key)) twice.push(key);
      seen.add(key);
    }
  }
  expect(seen.size).toBeGreaterThan(0);
  return twice;
}

function expectWitnessed(log: readonly LogMessage[], { messages, letters }: Witness): void {
  const stored = new Map(log.map((message) => [message.sequence, message]));
  const changed = [...messages.values()].filter(({ sequence, body }) => {
    const now = stored.get(sequence);
    return now === undefined || Buffer.compare(now.body, body) !== 0;
  });
  expect(changed.map(({ sequence, subject }) => `${sequence} ${subject}`)).toEqual([]);
  expect(letters.size).toBeGreaterThan(0);
  for (const [sequence, letter] of letters) {
    expect(Buffer.from(stored.get(sequence)?.body ?? []).toString()).toBe(letter);
    const answers = log.filter(
      ({ event }) => event?.type === "match.request.rejected" && event.data.letter === sequence,
    );
    expect(answers, `answers to the letter at ${sequence}`).toHaveLength(1);
  }
}
