import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { type NatsConnection, nkeys } from "nats";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { startApp } from "../../src/app.ts";
import { wallClock } from "../../src/clock.ts";
import { connectNats } from "../../src/events/connect.ts";
import { openJetStreamLog } from "../../src/events/jetstream.ts";
import { consumerConfig, durables, provision, streamConfig, streamName } from "../../src/events/provision.ts";
import { letterBox } from "../../src/events/subjects.ts";
import { liveFacts } from "../support/live-facts.ts";
import { liveConfig, secondsForHours } from "../support/live-node.ts";
import { findNatsCli } from "../support/nats-cli.ts";
import { scriptedModels } from "../support/scripted-models.ts";
import { scriptedSource } from "../support/scripted-source.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { tempDir } from "../support/temp.ts";
import { match, requested, take } from "./sample.ts";

type User = "admin" | "pipeline" | "operator" | "auditor";

const usersFile = resolve(import.meta.dirname, "../../docs/nats-users.conf");

let server: TestServer;
let admin: NatsConnection;
const cli = await findNatsCli();

beforeAll(async () => {
  for (const user of ["ADMIN", "PIPELINE", "OPERATOR", "AUDITOR"])
    vi.stubEnv(`NATS_${user}_PASSWORD`, passwordOf(user.toLowerCase()));
  server = await startTestServer({ config: readFileSync(usersFile, "utf8") });
  admin = await connectNats({ url: addressOf("admin") });
});
afterAll(async () => {
  await admin?.close();
  await server?.stop();
  vi.unstubAllEnvs();
});

const passwordOf = (user: string) => `secret-of-${user}`;
const addressOf = (user: User) => `nats://${user}:${encodeURIComponent(passwordOf(user))}@127.0.0.1:${server.port}`;

async function as(user: User): Promise<NatsConnection> {
  const nc = await connectNats({ url: addressOf(user) });
  onTestFinished(() => nc.close());
  return nc;
}

/** What the server says to a request: its answer's error, "allowed", or "forbidden". */
async function attempt(nc: NatsConnection, subject: string, body: object | string = ""): Promise<string> {
  try {
    const answer = await nc.request(subject, typeof body === "string" ? body : JSON.stringify(body), { timeout: 5000 });
    const { error } = answer.json<{ error?: { description: string } }>();
    return error?.description ?? "allowed";
  } catch (error) {
    if (/permissions violation/i.test(String(error))) return "forbidden";
    throw error;
  }
}

const newest = async () =>
  (await admin.request(`$JS.API.STREAM.INFO.${streamName}`)).json<{ state: { last_seq: number } }>().state.last_seq;

const changes: [string, object][] = [
  [`$JS.API.STREAM.CREATE.OTHER`, { ...streamConfig(1), name: "OTHER", subjects: ["other"] }],
  [`$JS.API.STREAM.UPDATE.${streamName}`, { ...streamConfig(1), max_msgs: 1 }],
  [`$JS.API.STREAM.PURGE.${streamName}`, {}],
  [`$JS.API.STREAM.DELETE.${streamName}`, {}],
  [`$JS.API.STREAM.MSG.DELETE.${streamName}`, { seq: 1 }],
  [`$JS.API.STREAM.RESTORE.${streamName}`, {}],
  ...durables.flatMap((durable): [string, object][] => {
    const config = { ...consumerConfig(durable), max_deliver: 1 };
    const request = { stream_name: streamName, action: "update", config };
    return [
      [`$JS.API.CONSUMER.CREATE.${streamName}.${durable}`, request],
      [`$JS.API.CONSUMER.CREATE.${streamName}.${durable}.match.>`, request],
      [`$JS.API.CONSUMER.DURABLE.CREATE.${streamName}.${durable}`, request],
      // Here the server would take the name from the body.
      [`$JS.API.CONSUMER.CREATE.${streamName}`, { ...request, config: { ...config, durable_name: undefined } }],
      [`$JS.API.CONSUMER.DELETE.${streamName}.${durable}`, {}],
      [`$JS.API.CONSUMER.PAUSE.${streamName}.${durable}`, {}],
    ];
  }),
];

describe("before an admin was there", () => {
  it("tells a node that runs as pipeline what to do", async () => {
    const began = performance.now();
    await expect(provision(await as("pipeline"), { replicas: 1 })).rejects.toMatchObject({
      name: "NotAllowed",
      subject: `$JS.API.STREAM.CREATE.${streamName}`,
      message: expect.stringMatching(/once as admin.*docs\/nats-users\.conf/),
    });
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

describe("on a provisioned stream", () => {
  beforeAll(() => provision(admin, { replicas: 1 }));

  it("refuses a connection without a user, and with a wrong password", async () => {
    await expect(connectNats({ url: server.url })).rejects.toThrow(/authorization/i);
    await expect(connectNats({ url: `nats://auditor:guess@127.0.0.1:${server.port}` })).rejects.toThrow(
      /authorization/i,
    );
  });

  it("lets the pipeline do what a node does", async () => {
    const nc = await as("pipeline");
    await provision(nc, { replicas: 1 });
    const log = await openJetStreamLog({ nc, clock: wallClock });
    const end = new AbortController();
    const deliveries = log.consume({ durable: "analyse", held: 5, signal: end.signal })[Symbol.asyncIterator]();
    const first = await log.append(match("a"), 0, [requested(1), requested(2)]);
    expect(first).toMatchObject({ outcome: "appended" });
    const delivery = await take(deliveries);
    delivery.working();
    await delivery.ack();
    (await take(deliveries)).release();
    await (await take(deliveries)).ack();
    expect(await log.pending()).toBe(0);
    expect(await log.append(match("a"), 0, [requested(3)])).toMatchObject({ outcome: "conflict" });
    expect(await log.history(match("a"))).toHaveLength(2);
    expect(await log.read(await log.last())).toMatchObject({ entity: match("a") });
    const followed = await take(log.follow(0, end.signal)[Symbol.asyncIterator]());
    expect(followed.length).toBeGreaterThan(0);
    end.abort();
    await log.close();
  });

  it("runs a whole node as pipeline, watched by the auditor", async () => {
    const source = scriptedSource();
    const app = await startApp({
      config: { ...liveConfig(tempDir(), secondsForHours), natsUrl: addressOf("pipeline") },
      origin: { source, season: "2026" },
      models: scriptedModels(),
      logger: pino({ level: "silent" }),
      onProgress: () => {},
      signal: new AbortController().signal,
    });
    const facts = liveFacts();
    try {
      await facts.attach(addressOf("auditor"));
      await facts.first(15_000, source.add("one", 9800), "match.predicted");
    } finally {
      await facts.detach();
      await app.stop();
    }
  });

  it.each(["pipeline", "operator", "auditor"] as const)("lets %s change and delete nothing", async (user) => {
    const nc = await as(user);
    for (const [subject, body] of changes) expect(await attempt(nc, subject, body), subject).toBe("forbidden");
    // A name that may be used does not lend itself to another in the body.
    if (user !== "operator") {
      const config = { ...consumerConfig("poll"), max_deliver: 1 };
      const request = { stream_name: streamName, action: "update", config };
      expect(await attempt(nc, `$JS.API.CONSUMER.CREATE.${streamName}.mine`, request)).toMatch(/name in subject/);
    }
    await provision(admin, { replicas: 1 });
  });

  it("lets the operator drop letters, and nothing else", async () => {
    const nc = await as("operator");
    const before = await newest();
    expect(await attempt(nc, letterBox, '{"days":7}')).toBe("allowed");
    expect(await newest()).toBe(before + 1);
    for (const subject of ["match.a.finished", "match.retro", "source.archive.pl.polled", "operator.x.requested", "x"])
      expect(await attempt(nc, subject, "{}"), subject).toBe("forbidden");
    for (const call of [
      `STREAM.INFO.${streamName}`,
      `STREAM.MSG.GET.${streamName}`,
      `CONSUMER.INFO.${streamName}.poll`,
    ])
      expect(await attempt(nc, `$JS.API.${call}`, { seq: 1 }), call).toBe("forbidden");
    expect(await newest()).toBe(before + 1);
  });

  it("keeps letters from the pipeline", async () => {
    expect(await attempt(await as("pipeline"), letterBox, '{"days":7}')).toBe("forbidden");
  });

  it("lets the auditor read all of it and write nothing", async () => {
    const nc = await as("auditor");
    const log = await openJetStreamLog({ nc, clock: wallClock });
    const end = new AbortController();
    const followed = await take(log.follow(0, end.signal)[Symbol.asyncIterator]());
    expect(followed.length).toBeGreaterThan(0);
    expect(await log.history(match("a"))).toHaveLength(2);
    const before = await log.last();
    const refused = { outcome: "refused", category: "permanent", reason: expect.stringContaining("may not publish") };
    expect(await log.append(match("b"), 0, [requested(1)])).toMatchObject(refused);
    for (const subject of [letterBox, "match.a.finished", "source.archive.pl.polled", "operator.x.requested"])
      expect(await attempt(nc, subject, "{}"), subject).toBe("forbidden");
    for (const durable of durables) {
      expect(await attempt(nc, `$JS.API.CONSUMER.INFO.${streamName}.${durable}`)).toBe("allowed");
      expect(await attempt(nc, `$JS.API.CONSUMER.MSG.NEXT.${streamName}.${durable}`, { batch: 1 })).toBe("forbidden");
      expect(await attempt(nc, `$JS.ACK.${streamName}.${durable}.1.1.1.1.0`, "+ACK")).toBe("forbidden");
    }
    expect(await log.last()).toBe(before);
    end.abort();
    await log.close();
  });

  it("lets nobody listen to another's answers or to the stream's subjects", async () => {
    for (const user of ["pipeline", "operator", "auditor"] as const) {
      const nc = await as(user);
      for (const subject of ["_INBOX.>", "_INBOX.admin.>", "match.>", ">"]) {
        const heard = new Promise<string>((resolve) =>
          nc.subscribe(subject, { callback: (error) => resolve(error?.name ?? "a message") }),
        );
        expect(await heard, `${user} ${subject}`).toBe("PermissionViolationError");
      }
    }
  });

  it.skipIf("missing" in cli)("lets the auditor's nats CLI show what an audit needs", async () => {
    if ("missing" in cli) return;
    const login = ["--server", server.url, "--user", "auditor", "--password", passwordOf("auditor")];
    const nats = async (...args: string[]) => {
      const all = [...login, "--inbox-prefix", "_INBOX.auditor", ...args];
      return (await promisify(execFile)(cli.path, all, { timeout: 20_000 })).stdout;
    };
    expect(await nats("stream", "info", streamName)).toContain("match.>");
    expect(await nats("stream", "subjects", streamName)).toContain("match.a.analysis.requested");
    expect(await nats("stream", "get", streamName, "-S", letterBox)).toContain('{"days":7}');
    expect(await nats("consumer", "report", streamName)).toContain("settle");
  });
});

describe("connectNats", () => {
  it("takes its inbox prefix from the user, or as it is told", async () => {
    const answersTo = async (nc: NatsConnection) => {
      onTestFinished(() => nc.close());
      const asked = new Promise<string>((resolve) =>
        admin.subscribe("who", { callback: (_, message) => resolve(message.reply ?? "") }),
      );
      await admin.flush();
      void nc.request("who", "", { timeout: 5000 }).catch(() => {});
      return asked;
    };
    expect(await answersTo(await connectNats({ url: addressOf("admin") }))).toMatch(/^_INBOX\.admin\./);
    expect(await answersTo(await connectNats({ url: addressOf("admin"), inboxPrefix: "mine" }))).toMatch(/^mine\./);
  });

  it("takes it from the name in a credentials file too, and the client's own where there is no name", async () => {
    const open = await startTestServer();
    onTestFinished(() => open.stop());
    const listener = await connectNats({ url: open.url });
    onTestFinished(() => listener.close());
    const seed = new TextDecoder().decode(nkeys.createUser().getSeed());
    for (const [claims, prefix] of [
      [{ name: "night-shift" }, "_INBOX.night-shift."],
      [{ name: "two words" }, "_INBOX."],
      [{}, "_INBOX."],
    ] as const) {
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
      const file = join(tempDir(), "user.creds");
      writeFileSync(
        file,
        `-----BEGIN NATS USER JWT-----\n${part({ alg: "x" })}.${part(claims)}.sig\n------END NATS USER JWT------\n\n` +
          `-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`,
      );
      const nc = await connectNats({ url: open.url, credentials: file });
      onTestFinished(() => nc.close());
      const asked = new Promise<string>((resolve) =>
        listener.subscribe("who", { max: 1, callback: (_, { reply }) => resolve(reply ?? "") }),
      );
      await listener.flush();
      void nc.request("who", "", { timeout: 5000 }).catch(() => {});
      const inbox = await asked;
      expect(inbox.startsWith(prefix), inbox).toBe(true);
      expect(inbox.split(".")).toHaveLength(prefix === "_INBOX." ? 3 : 4);
    }
  });
});
