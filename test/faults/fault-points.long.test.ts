import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { wallClock } from "../../src/clock.ts";
import { expectComplete, workers } from "../support/workers.ts";
import type { Fault } from "../support/worker.ts";
import { secondsForHours } from "../support/live-node.ts";

const points: [string, Fault][] = [
  ["before an append", { kind: "publish", pattern: "^match\\..*\\.analysed$", nth: 1 }],
  ["before the append of a request", { kind: "publish", pattern: "^match\\..*\\.lineups\\.requested$", nth: 1 }],
  [
    "after an append, before its acknowledgement",
    { kind: "publish", pattern: "^\\$JS\\.ACK\\.MATCHES\\.analyse\\.", nth: 1 },
  ],
  [
    "after a settlement, before its acknowledgement",
    { kind: "publish", pattern: "^\\$JS\\.ACK\\.MATCHES\\.settle\\.", nth: 1 },
  ],
  ["mid-wave", { kind: "publish", pattern: "^match\\..*\\.predicted$", nth: 2 }],
  ["mid-checkpoint", { kind: "sql", pattern: "^UPDATE checkpoint SET", nth: 6 }],
  ["mid-provisioning", { kind: "publish", pattern: "^\\$JS\\.API\\.CONSUMER\\.CREATE\\.MATCHES\\.lineups$", nth: 1 }],
];

const models = { fast: 0, middle: 700, slow: 1200 };
const policy = {
  ...secondsForHours,
  due: { analyse: 18_000, lineups: 17_000, predict: 14_000 },
  budget: { ...secondsForHours.budget, predict: 3000 },
};
const id = "cup-2026-one-guest";

async function setting() {
  const kickoff = wallClock.now() + 22_000;
  return workers({ matches: [["one", kickoff]], models, policy });
}

describe("kill -9 at a named point", () => {
  it.each(points)("%s: the next start completes it, nothing twice", { timeout: 90_000 }, async (_, fault) => {
    const crew = await setting();
    if (fault.pattern.includes("CREATE")) await crew.removeConsumers();
    const victim = crew.start("one", fault);
    expect(await victim.ended).toBe("SIGKILL");
    crew.start("one");
    await crew.facts.first(60_000, id, "match.settled");
    expect(expectComplete(await crew.all(), [id], Object.keys(models), policy)).toEqual([]);
    // At most what was in the air when it died is paid for again.
    expect(crew.calls().length).toBeLessThanOrEqual(2 * Object.keys(models).length);
  });

  it("mid-rebuild: the next start makes the read model from the beginning", {
    timeout: 90_000,
  }, async () => {
    const crew = await setting();
    const first = crew.start("one");
    await crew.facts.first(40_000, id, "match.analysed");
    first.child.kill("SIGKILL");
    await first.ended;
    rmSync(join(crew.dataDir("one"), "read"), { recursive: true });
    const victim = crew.start("one", { kind: "sql", pattern: "^UPDATE checkpoint SET", nth: 1 });
    expect(await victim.ended).toBe("SIGKILL");
    crew.start("one");
    await crew.facts.first(60_000, id, "match.settled");
    expect(expectComplete(await crew.all(), [id], Object.keys(models), policy)).toEqual([]);
  });
});
