import { monotonicFactory } from "ulid";
import { wallClock } from "../../../src/clock.ts";
import type { NewEvent } from "../../../src/match/event.ts";
import { unknownMatch } from "../../../src/match/match.ts";
import { observe } from "../../../src/match/observe.ts";
import { openLog } from "../../../src/open-log.ts";
import type { BenchContext } from "../bench.ts";
import { startBenchServer } from "../embedded.ts";
import { observation } from "../canned-source.ts";
import { matchesOf, type Offer } from "../node/offers.ts";

/** Long enough ago for every stage before kick-off to be overdue. */
const seenAgoMs = 7 * 3_600_000;

/** Leaves a log in `dataDir` that knows these matches since hours ago, and that nobody has looked at since. */
export async function seedOverdue(dataDir: string, offer: Offer, context: BenchContext): Promise<void> {
  const { server } = await startBenchServer(context, dataDir);
  try {
    const log = await openLog(server.url, { natsCreds: null, replicas: 1 });
    const newId = monotonicFactory();
    const time = wallClock.now() - seenAgoMs;
    const appends = matchesOf(offer).map(async (match) => {
      const facts = observe(unknownMatch(match.id), observation(match.number, match.kickoff, false), time).map(
        (fact): NewEvent => ({ ...fact, id: newId(time), time, actor: "pipeline:poll", causationId: null }),
      );
      const { outcome } = await log.append({ root: "match", id: match.id }, 0, facts);
      if (outcome !== "appended") throw new Error(`${match.id} was not seeded: ${outcome}`);
    });
    await Promise.all(appends);
    await log.close();
  } finally {
    await server.stop();
  }
}
