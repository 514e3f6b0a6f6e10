import { pino } from "pino";
import { monotonicFactory } from "ulid";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { type SimulatedClock, wallClock } from "../../../src/clock.ts";
import { readConfig, rosterOf } from "../../../src/config.ts";
import { createHttp } from "../../../src/http/app.ts";
import { listen } from "../../../src/http/serve.ts";
import { defaultPolicy } from "../../../src/match/policy.ts";
import { openLog } from "../../../src/open-log.ts";
import { startReadModel } from "../../../src/projections/read-model.ts";
import { planted, plantedSeason, seasonNow } from "../../support/console-season.ts";
import { environment, startFulltime } from "../../support/node-process.ts";
import { startTestServer } from "../../support/server.ts";
import { tempDir } from "../../support/temp.ts";

/** The planted season in the log of a real server, and its console at that instant. */
async function season(): Promise<{ natsUrl: string; ask(path: string): Promise<string> }> {
  const server = await startTestServer();
  onTestFinished(() => server.stop());
  const log = await openLog(server.url, { natsCreds: null, replicas: 1 });
  onTestFinished(() => log.close());
  for (const { id, events } of plantedSeason()) await log.append({ root: "match", id }, 0, events);
  const clock: SimulatedClock = {
    kind: "simulated",
    now: () => seasonNow,
    elapsed: wallClock.elapsed,
    after: wallClock.after,
    jump: () => {},
  };
  const logger = pino({ level: "silent" });
  const readModel = await startReadModel({ dataDir: tempDir(), log, policy: defaultPolicy, clock, logger });
  onTestFinished(() => readModel.stop());
  const { config } = readConfig(environment(tempDir()));
  const roster = rosterOf(config.panel).map(({ model }) => model);
  const newId = monotonicFactory();
  const { fetch: answer } = createHttp({
    readModel,
    log,
    clock,
    policy: defaultPolicy,
    newId: (time) => newId(time),
    logger,
    adminToken: null,
    roster,
    dailyCostMax: (model) => (model === roster[0] ? 5 : null),
  });
  const http = await listen({ fetch: answer, host: "127.0.0.1", port: 0, logger });
  onTestFinished(() => http.stop());
  return {
    natsUrl: server.url,
    ask: async (path) => (await fetch(`http://127.0.0.1:${http.port}${path}`)).text(),
  };
}

async function told<T extends z.ZodType>(natsUrl: string, schema: T, ...args: string[]): Promise<z.output<T>> {
  const { stdout, stderr } = await startFulltime(tempDir(), [...args, "--json"], { FULLTIME_NATS_URL: natsUrl }).ended;
  if (stdout === "") throw new Error(stderr);
  return schema.parse(JSON.parse(stdout));
}

const gapsTold = z.object({ gaps: z.array(z.object({ matchId: z.string(), reason: z.string() })) });
const causesTold = z.object({
  total: z.number(),
  groups: z.array(z.object({ category: z.string(), fingerprint: z.string(), count: z.number() })),
});
const planTold = z.object({ planHash: z.string(), modelCalls: z.number() });

test("the pages say what the command line says of the same log", { timeout: 60_000 }, async () => {
  const { natsUrl, ask } = await season();
  const at = new Date(seasonNow).toISOString();
  const named = [planted.missed, planted.unsettled];
  const { gaps } = await told(natsUrl, gapsTold, "gaps", "--at", at);
  const { total, groups } = await told(natsUrl, causesTold, "settlement", "investigate");
  const plan = await told(natsUrl, planTold, "backfill", "--dry-run", ...named.flatMap((id) => ["--match", id]));

  const page = await ask("/gaps");
  expect([...page.matchAll(/<th scope="row"><a[^>]* href="\/matches\/([^"]+)"/g)].map(([, id]) => id)).toEqual(
    gaps.map(({ matchId }) => matchId),
  );
  for (const { reason } of gaps) expect(page).toContain(reason);

  const failures = await ask("/failures?stage=settle");
  expect(failures).toContain(`Preview a retry of all ${total} failed settlements`);
  for (const { category, fingerprint, count } of groups) {
    expect(failures).toContain(`Settlement: ${category}`);
    expect(failures).toMatch(new RegExp(`${fingerprint}</bdi></a></th><td class="numeric">${count}</td>`));
  }

  const preview = await ask(`/backfills/plan?ids=${named.join("+")}`);
  expect(preview).toContain(`<code>${plan.planHash}</code>`);
  expect(preview).toContain("0 % of 5; 0 is spent today");
  expect(preview).toContain(`<dt>Model calls</dt><dd>${plan.modelCalls}</dd>`);
});
