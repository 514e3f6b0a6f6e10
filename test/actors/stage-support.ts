import { defineStage, type StageContext, type StageFact } from "../../src/actors/stage.ts";
import type { Clock } from "../../src/clock.ts";
import { defaultPolicy, type Policy } from "../../src/match/policy.ts";
import { history, hour, kickoff } from "../support/history.ts";
import { type ManualClock, manualClock, type TestNode, testNode } from "../support/node.ts";

export const matchId = "pl-2016-17-a-b";

/** What the analyse stage would state of that match. */
export const analysed = {
  type: "match.analysed",
  data: history(matchId).scheduled().requested("analyse").analysed().last.data,
} as StageFact;

/** A node whose match waits for its analysis, asked for `before` kick-off, now. */
export async function askedToAnalyse(
  options: { before?: number; policy?: Policy; clock?: (wall: ManualClock) => Clock; id?: string } = {},
) {
  const { before = 6 * hour, policy = defaultPolicy, id = matchId } = options;
  const wall = manualClock(kickoff - before);
  const it = await testNode({ wall, policy, clock: options.clock?.(wall) ?? wall });
  const life = history(id, kickoff - 2 * 24 * hour, policy)
    .scheduled()
    .at(wall.now())
    .requested("analyse");
  await it.write(life);
  return { ...it, life, request: life.last };
}

type Context = StageContext<"analyse">;

/** An analyse stage whose handler is the test's. */
export function analyseBy(
  handle: (context: Context) => AsyncIterable<StageFact> | Iterable<StageFact>,
  concurrency = 8,
) {
  return defineStage({ stage: "analyse", concurrency, handle });
}

/** Resolves, or rejects with its reason, when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}

export interface Gate {
  passed: Promise<void>;
  open(): void;
}

export function gate(): Gate {
  let open = () => {};
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open };
}

/** Makes the log count so many deliveries of its oldest request for the stage, none of them handled. */
export async function deliveredBefore({ node }: TestNode, durable: string, times: number): Promise<void> {
  const stop = new AbortController();
  let count = 0;
  for await (const delivery of node.log.consume({ durable, held: 1, signal: stop.signal })) {
    delivery.release();
    if (++count === times) break;
  }
}
