import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { listen } from "../../../src/http/serve.ts";
import { kickoff } from "../../support/history.ts";
import { serve } from "../support.ts";
import { exchangeAll, malformedRequests } from "./malformed.ts";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

test("10,000 malformed requests leave nothing behind", { timeout: 120_000 }, async () => {
  // What is refused for its number leaves nothing behind either, but that is another test's.
  const plenty = { quota: 1_000_000, window: 3600 };
  const quotas = { admin: plenty, read: plenty, anonymous: plenty, login: plenty };
  const served = await serve({ at: kickoff, adminToken: "a-token-of-enough-letters", access: { quotas } });
  const server = await listen({ fetch: served.fetch, host: "127.0.0.1", port: 0, logger: pino({ level: "silent" }) });
  onTestFinished(() => server.stop());

  async function afterSending(count: number, seed: number): Promise<number> {
    // The requests themselves are garbage by the time that memory is looked at.
    const one = 500;
    for (let sent = 0; sent < count; sent += one) {
      await exchangeAll(server.port, malformedRequests(one, seed + sent), () => {});
      served.logged.length = 0;
    }
    gc();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  }

  const warm = await afterSending(3000, 1);
  const after = await afterSending(10_000, 1_000_000);
  // Between two looks a heap that keeps nothing differs by a tenth; 1 kB kept of each request would be a quarter.
  expect(after / warm).toBeLessThan(1.25);
  expect((await served.ask("/livez")).status).toBe(200);
});
