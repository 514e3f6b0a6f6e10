import type { Bench, BenchContext, Figures, Measured } from "./bench.ts";
import { logOf, messagesOfAMatch } from "./million/log.ts";
import { measure } from "./million/measure.ts";
import { missed } from "./million/bounds.ts";
import { ratioOf, readable, takeTurns } from "./turns.ts";

/** The smaller log has this share of the larger one's matches. */
const smallShare = 0.01;

export const millionBench: Bench = {
  about:
    "a node on the log of a million matches beside one on a hundredth of it: ready, health, lists, ticks, verify, one more match",
  size: { of: "matches", standard: 1_000_000, option: "matches" },
  run: compare,
};

async function compare(context: BenchContext): Promise<Measured> {
  const small = Math.max(1, Math.round(context.size * smallShare));
  const logs = { small: await logOf(small, context), large: await logOf(context.size, context) };
  const sides = await takeTurns(context, {
    small: () => measure(logs.small, context),
    large: () => measure(logs.large, context),
  });
  const cost = (of: Figures) => ratioOf("cpuMsPerFurtherMatch", sides.small, of);
  return {
    sides,
    // Theirs to ours, as a cost is better the smaller it is.
    ratio: cost(sides.large),
    notes: [
      `small: ${readable(small)} matches, large: ${readable(context.size)}; ${messagesOfAMatch} messages a match in the mean, each under a subject of its own`,
      "ratio: the cost of one more match in the small log to that in the large one; 0.83 to 1.25 is within 20 %",
      ...missed(sides.large, cost(sides.large)),
    ],
  };
}
