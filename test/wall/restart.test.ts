import { describe, expect, it } from "vitest";
import { pause, wallClock } from "../../src/clock.ts";
import type { MatchEvent, Stage } from "../../src/match/event.ts";
import { requestTypeOf } from "../../src/match/evolve-requests.ts";
import { type LiveChild, liveChild } from "../support/live-child.ts";
import { secondsForHours } from "../support/live-node.ts";

const second = 1000;
const policy = {
  ...secondsForHours,
  due: { analyse: 19 * second, lineups: 18.5 * second, predict: 18 * second },
};

/** Time to the kick-off of a match whose stage falls due in `ms`. */
const dueIn = (ms: number, stage: "analyse" | "predict") => policy.due[stage] + ms;

const ways: { name: string; leave(node: LiveChild): Promise<void> }[] = [
  { name: "stopped", leave: (node) => node.end("SIGTERM") },
  { name: "killed with its server", leave: (node) => node.end("SIGKILL") },
  {
    name: "killed, its consumers and read model removed",
    async leave(node) {
      await node.end("SIGKILL");
      await node.bereave();
    },
  },
];

describe("a node that comes up again, on the wall clock", () => {
  it.concurrent.each(ways)("asks within 10 s for all that fell due: $name", { timeout: 60_000 }, async ({ leave }) => {
    const node = liveChild(policy);
    try {
      await comesBack(node, leave);
    } finally {
      await node.remove();
    }
  });
});

async function comesBack(node: LiveChild, leave: (node: LiveChild) => Promise<void>): Promise<void> {
  const { source, facts } = node;
  const requests = (id: string, stage: Stage): MatchEvent[] => facts.of(id, requestTypeOf(stage));
  const kickoffOf = (id: string) => source.matches.get(id)?.kickoff ?? 0;
  await node.start();
  const ended = source.add("ended", -2 * second);
  const postponed = source.add("postponed", dueIn(0, "predict"), { status: "postponed" });
  node.tell();
  await facts.first(5 * second, ended, "match.failed", ({ data }) => data.category === "missed");
  source.finish(ended, 1, 0);
  node.tell();
  await facts.first(5 * second, ended, "match.settled");
  const unasked = source.add("unasked", dueIn(5 * second, "analyse"));
  const halfway = source.add("halfway", dueIn(5 * second, "predict"));
  const slow = source.add("slow", dueIn(1.5 * second, "predict"));
  node.tell();
  await facts.first(5 * second, halfway, "match.lineups");
  await facts.first(5 * second, unasked, "match.scheduled");
  await facts.first(5 * second, slow, "match.prediction.requested");
  expect(requests(unasked, "analyse")).toEqual([]);
  expect(requests(halfway, "predict")).toEqual([]);
  await leave(node);

  const last = facts.messages.at(-1)?.sequence ?? 0;
  const unseen = source.add("unseen", dueIn(-2 * second, "predict"));
  // What is to fall due while it is away has to.
  await pause(wallClock, kickoffOf(unasked) - policy.due.analyse - wallClock.now());
  const readyAt = await node.start();
  const asked = (id: string, stage: Stage) =>
    facts.until(readyAt + 10 * second - wallClock.now(), id, () => requests(id, stage)[0]);
  await Promise.all([
    asked(unasked, "analyse"),
    asked(halfway, "predict"),
    asked(unseen, "analyse"),
    asked(unseen, "lineups"),
    asked(unseen, "predict"),
  ]);
  for (const id of [unasked, halfway, slow, unseen]) {
    const predicted = await facts.first(30 * second, id, "match.predicted");
    expect(predicted.time).toBeLessThan(kickoffOf(id));
    const answers = facts.of(id, "match.predicted").flatMap(({ data }) => data.answers.map(({ model }) => model));
    expect(answers.sort()).toEqual(["elo", "pi", "poisson"]);
    expect(facts.of(id, "match.failed")).toEqual([]);
  }
  for (const id of [ended, postponed]) expect(facts.of(id).filter(({ sequence }) => sequence > last)).toEqual([]);
  // What had been answered is not asked again, even where all consumers begin anew.
  expect(requests(halfway, "analyse")).toHaveLength(1);
  expect(facts.of(halfway, "match.analysed")).toHaveLength(1);
}
