import { describe, expect, it } from "vitest";
import { liveChild } from "../support/live-child.ts";
import { secondsForHours } from "../support/live-node.ts";

const second = 1000;

describe("a match that kills the process which works on it", () => {
  it("ends as crash at its eighth delivery, and costs the others nothing but the restarts", {
    timeout: 400_000,
  }, async () => {
    const node = liveChild({
      ...secondsForHours,
      due: { analyse: 640 * second, lineups: 630 * second, predict: 620 * second },
      watch: { analyse: 700 * second, lineups: 700 * second, predict: 700 * second, settle: 700 * second },
      budget: { ...secondsForHours.budget, predict: 600 * second },
    });
    try {
      const { source, facts } = node;
      const id = source.add("deadly", 600 * second);
      let starts = 0;
      const others: string[] = [];
      for (;;) {
        others.push(source.add(`beside${starts}`, 600 * second));
        // From the second time on it may be dead before it is ready.
        await node.start().catch(() => {});
        starts++;
        const crashed = facts.first(60 * second, id, "match.failed").then(() => true);
        const died = node.died().then(() => false);
        died.catch(() => {});
        crashed.catch(() => {});
        if (await Promise.race([crashed, died])) break;
        expect(starts).toBeLessThan(9);
      }
      const [failed] = facts.of(id, "match.failed");
      expect(failed?.data).toMatchObject({
        stage: "predict",
        category: "crash",
        retryAt: null,
        fingerprint: "crash:predict",
      });
      expect(starts).toBe(8);
      expect(facts.of(id, "match.prediction.requested")).toHaveLength(1);
      for (const other of others) {
        await facts.until(10 * second, other, () => {
          const models = facts
            .of(other, "match.predicted")
            .flatMap(({ data }) => data.answers.map(({ model }) => model));
          return models.sort().join() === "elo,pi,poisson" ? true : null;
        });
        expect(facts.of(other, "match.failed")).toEqual([]);
      }
    } finally {
      await node.remove();
    }
  });
});
