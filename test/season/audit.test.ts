import { execFile, spawn } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { NatsConnection } from "nats";
import { ulid } from "ulid";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectNats } from "../../src/events/connect.ts";
import type { EventLog, LogMessage } from "../../src/events/log.ts";
import { openRunningLog, readAll } from "../support/log-reader.ts";
import { findNatsCli } from "../support/nats-cli.ts";
import { fulltime, type FulltimeProcess, runningNode, startFulltime } from "../support/node-process.ts";
import { scratchDirectories } from "../support/temp.ts";
import { until } from "../support/until.ts";

const directories = scratchDirectories();
const dataDir = directories.make("audited");
let node: FulltimeProcess;
let http: string;
let nats: NatsConnection;
let log: EventLog;
let messages: LogMessage[];
let matchId: string;

/** One season, played to its end by a node that goes on serving; each test leaves the node well. */
beforeAll(async () => {
  node = startFulltime(dataDir, ["run", "--competition", "abl"]);
  await until(() => (node.stdout().includes("base-rates") ? true : null));
  const note = runningNode(dataDir);
  if (note?.http == null) throw new Error(`the node has no address: ${node.stderr()}`);
  http = note.http;
  nats = await connectNats({ url: note.nats });
  log = await openRunningLog(dataDir);
  messages = await readAll(log);
  const [settled] = messages.filter(({ event }) => event?.type === "match.settled");
  matchId = settled?.entity?.id ?? "";
}, 180_000);

afterAll(async () => {
  await log?.close();
  await nats?.close();
  node?.child.kill("SIGTERM");
  await node?.ended;
  directories.remove();
});

function newest(type: string): LogMessage {
  const found = messages.findLast(({ event, entity }) => event?.type === type && entity?.id === matchId);
  if (found === undefined) throw new Error(`${matchId} has no ${type}`);
  return found;
}

async function publish(subject: string, body: string | object): Promise<number> {
  const answer = await nats.request(subject, typeof body === "string" ? body : JSON.stringify(body), { timeout: 5000 });
  return answer.json<{ seq: number }>().seq;
}

function bodyOf(message: LogMessage): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(message.body)) as Record<string, unknown>;
}

/** `stream view` wants a terminal, which script(1) gives it, and after a full page asks for a key: it is ended once it has shown `last`. */
function shownOnTerminal(command: string, env: NodeJS.ProcessEnv, last: string): Promise<string> {
  const child = spawn("script", ["-qec", command, "/dev/null"], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  let stdout = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
    // The whole group: script(1) would leave what it runs behind.
    if (stdout.includes(last) && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve(stdout));
  });
}

describe("fulltime match", () => {
  it("tells the same life of a match with and without the read model", async () => {
    const told = await fulltime(dataDir, "match", matchId);
    expect(told.code).toBe(0);
    for (const word of ["scheduled", "analysed", "line-ups", "predicted", "finished", "settled"])
      expect(told.stdout).toContain(word);
    rmSync(join(dataDir, "read"), { recursive: true });
    expect((await fulltime(dataDir, "match", matchId)).stdout).toBe(told.stdout);
  });
});

describe("deleting the read model while the node runs", () => {
  it("heals, and serves nothing wrong meanwhile", async () => {
    const before = (await (await fetch(`${http}/api/health`)).json()) as { projections: { sequence: number } };
    for (const file of readdirSync(join(dataDir, "read"))) rmSync(join(dataDir, "read", file), { recursive: true });
    const healed = await until(async () => {
      const answer = await fetch(`${http}/api/health`);
      const body = (await answer.json()) as {
        coverage: { stale: boolean; percent: number };
        projections: { sequence: number };
      };
      if (answer.status === 503 || body.coverage.stale) return null;
      // Not stale: then it is whole, and right.
      expect(body.projections.sequence).toBeGreaterThanOrEqual(before.projections.sequence);
      expect(body.coverage.percent).toBe(100);
      return readdirSync(join(dataDir, "read")).includes("current") ? body : null;
    });
    expect(healed).toBeTruthy();
    expect(await fulltime(dataDir, "projections", "verify")).toMatchObject({ code: 0 });
  });
});

// Built here where it must be: collecting this file then takes minutes, once.
const cli = await findNatsCli();

describe("the nats CLI", () => {
  const reason = "missing" in cli ? cli.missing : "";

  // Skipped where no CLI can be had: neither on PATH nor Go to build it; the reason is in the name.
  it.skipIf("missing" in cli)(
    `shows the life of a match as plain JSON${reason && ` (${reason})`}`,
    async () => {
      const path = "path" in cli ? cli.path : "";
      const env = { ...process.env, NATS_URL: runningNode(dataDir)?.nats ?? "" };
      const view = `${path} stream view MATCHES 100 --subject 'match.${matchId}.>'`;
      const told = messages.filter(({ entity }) => entity?.id === matchId).map(({ event }) => `"id":"${event?.id}"`);
      const stdout = await shownOnTerminal(view, env, told.at(-1) ?? "");
      for (const id of told) expect(stdout).toContain(id);
      const settled = await promisify(execFile)(path, ["stream", "get", "MATCHES", "-S", `match.${matchId}.settled`], {
        env,
      });
      expect(settled.stdout).toContain('"type":"match.settled"');
      const consumers = await promisify(execFile)(path, ["consumer", "report", "MATCHES"], { env });
      for (const durable of ["poll", "analyse", "lineups", "predict", "settle", "intake", "alert"])
        expect(consumers.stdout).toContain(durable);
    },
    60_000,
  );
});

describe("a letter", () => {
  it("for a match that has everything is answered with what did it", async () => {
    const sequence = await publish("match.retro.requested", { matchId, by: "auditor" });
    const answer = await until(async () => (await log.history({ root: "match", id: matchId }, sequence)).at(0) ?? null);
    expect(answer.event).toMatchObject({
      type: "match.request.noop",
      actor: "unattested:auditor",
      data: { letter: sequence, doneBy: newest("match.predicted").sequence },
    });
  });
});

describe("hand-published forgeries", () => {
  it("are named by verify, stop no one, and are counted in status", async () => {
    const settled = bodyOf(newest("match.settled"));
    const data = settled.data as { points: { model: string; points: number }[] };
    const predicted = bodyOf(newest("match.predicted"));
    const forged = {
      "a second settled with other points": await publish(`match.${matchId}.settled`, {
        ...settled,
        id: ulid(),
        data: { ...data, points: data.points.map(({ model }) => ({ model, points: 10 })) },
      }),
      "predicted after kick-off without a request": await publish(`match.${matchId}.predicted`, {
        ...predicted,
        id: ulid(),
        time: new Date(Date.parse(String(settled.time)) + 1000).toISOString(),
        causationid: undefined,
      }),
      "an envelope that contradicts its subject": await publish(`match.${matchId}.lineups`, {
        ...predicted,
        id: ulid(),
      }),
      "an unknown type": await publish(`match.${matchId}.promoted`, {
        ...predicted,
        id: ulid(),
        type: "match.promoted",
      }),
      "broken JSON": await publish(`match.${matchId}.settled`, '{"specversion":"1.0",'),
      "a copied event id": await publish(`match.${matchId}.analysed`, bodyOf(newest("match.analysed"))),
    };
    const verified = await fulltime(dataDir, "verify", "--json");
    expect(verified.code, verified.stderr).toBe(3);
    const { violations } = JSON.parse(verified.stdout) as {
      violations: { invariant: number; sequence: number; matchId: string }[];
    };
    const expected = { "a second settled with other points": 3 } as Record<string, number>;
    for (const [what, sequence] of Object.entries(forged)) {
      const named = violations.filter((violation) => violation.sequence === sequence);
      expect(
        named.map(({ invariant }) => invariant),
        what,
      ).toContain(expected[what] ?? 8);
      expect(named[0]?.matchId, what).toBe(matchId);
    }
    expect(new Set(violations.map(({ sequence }) => sequence))).toEqual(new Set(Object.values(forged)));

    const status = JSON.parse((await fulltime(dataDir, "status", "--json")).stdout) as {
      anomalies: { total: number; byKind: Record<string, number> };
    };
    expect(status.anomalies.total).toBeGreaterThanOrEqual(6);
    expect(status.anomalies.byKind).toMatchObject({
      "contradicts-subject": 1,
      "unknown-type": 1,
      "not-json": 1,
      "duplicate-id": 1,
    });

    // Nobody stopped: a letter after them is answered, and the match is what it was.
    const sequence = await publish("match.retro.requested", { matchId });
    const answer = await until(async () => (await log.history({ root: "match", id: matchId }, sequence)).at(0) ?? null);
    expect(answer.event?.type).toBe("match.request.noop");
    expect((await fetch(`${http}/api/health`)).status).toBe(200);
    expect(await fulltime(dataDir, "projections", "verify")).toMatchObject({ code: 0 });
  }, 60_000);
});
