import { expect, test } from "vitest";
import { defaultPolicy as policy } from "../../src/match/policy.ts";
import { gapsAt, watchedSpan } from "../../src/projections/gaps-at.ts";
import { day, history, hour, kickoff, minute } from "../support/history.ts";
import { manualClock } from "../support/manual-clock.ts";
import { testNode } from "../support/node.ts";

const span = watchedSpan(policy);

test("as it stood at an instant: what the read model said then, whatever came later", async () => {
  const test = await testNode({ wall: manualClock(kickoff) });
  const { log, readModel } = test.node;
  const signal = new AbortController().signal;
  const at = kickoff - hour;
  const failed = history("pl-a-b")
    .scheduled()
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .failed("analyse", { category: "permanent" });
  await test.write(failed);
  await test.write(history("pl-c-d").scheduled());
  const then = {
    gaps: readModel.gaps(at, span.ahead, span.back, policy),
    coverage: readModel.coverage(at, policy),
    failures: readModel.failureCounts(),
  };
  expect(then.gaps.map(({ matchId }) => matchId)).toEqual(["pl-a-b", "pl-c-d"]);
  expect(then.failures).toEqual([{ stage: "analyse", category: "permanent", givenUp: true, count: 1 }]);

  failed.at(kickoff - 30 * minute).retry();
  failed.requested("analyse").analysed();
  await test.write(failed);
  expect(readModel.failureCounts()).toEqual([]);
  expect(await gapsAt({ log, policy, at, ...span, signal })).toEqual(then);
  expect((await gapsAt({ log, policy, at: kickoff - 3 * day, ...span, signal })).gaps).toEqual([]);
});
