import { afterEach, describe, expect, test } from "vitest";
import type { ModelAnswer } from "../../src/match/event.ts";
import { failedModel, history, type History, hour, kickoff, tip } from "../support/history.ts";
import { interleave, messagesOf, type Tables, tables } from "./support.ts";

let open: Tables | null = null;
afterEach(() => {
  open?.db.close();
  open = null;
});

const begin = kickoff - hour;

/** A match in which the models answered so, a minute after the other. */
function answered(id: string, ...waves: ModelAnswer[][]): History {
  const life = history(`pl-2016-17-a-${id}`, begin).scheduled().requested("analyse").analysed().requested("predict");
  for (const wave of waves) life.after(60_000).predicted(wave);
  return life;
}

function read(lives: readonly History[], order: readonly number[] = []) {
  open = tables();
  open.projector.apply(messagesOf(interleave(lives, order)));
  return open.queries;
}

const broken = failedModel("elo", "permanent");

describe("permanent failures in a row", () => {
  test("are counted over all matches", () => {
    const queries = read(["b", "c", "d"].map((id) => answered(id, [broken])));
    expect(queries.modelHealth("elo")).toEqual({ failures: 3, failedAt: begin + 60_000 });
    expect(queries.modelHealth("pi")).toBeNull();
  });

  test.for<[string, ModelAnswer]>([
    ["a tip", tip("elo")],
    ["an abstention", { model: "elo", outcome: "abstained", category: null, reason: "" }],
  ])("end with %s", ([, answer]) => {
    const queries = read([answered("b", [broken]), answered("c", [broken]), answered("d", [answer])]);
    expect(queries.modelHealth("elo")).toBeNull();
  });

  test("are not ended by what passes, nor by a rest", () => {
    const passing = (["transient", "rate-limited", "budget", "bug"] as const).map((category, at) =>
      answered(`x${at}`, [failedModel("elo", category)]),
    );
    const rest = answered("r", [{ model: "elo", outcome: "resting", category: null, reason: "" }]);
    const queries = read([answered("b", [broken]), ...passing, rest, answered("z", [broken])]);
    expect(queries.modelHealth("elo")?.failures).toBe(2);
  });

  test("follow the order of the log, not that of the matches", () => {
    const lives = [answered("b", [broken], [tip("pi")]), answered("c", [tip("elo")])];
    // First the whole of the second match, then the first one.
    expect(read(lives, [1, 1, 1, 1, 1]).modelHealth("elo")?.failures).toBe(1);
    open?.db.close();
    expect(read(lives).modelHealth("elo")).toBeNull();
  });

  test("of a model that is on no roster are nobody's", () => {
    const queries = read([answered("b", [failedModel("stranger", "permanent"), broken])]);
    expect(queries.modelHealth("stranger")).toBeNull();
    expect(queries.modelHealth("elo")?.failures).toBe(1);
  });
});

describe("what a model has cost in a day", () => {
  const dear = (cost: number): ModelAnswer => ({ ...(tip("elo") as object), cost }) as ModelAnswer;

  test("counts every answer and failure, also what came to count for nothing", () => {
    const wasted = { ...broken, cost: 0.25 } as ModelAnswer;
    const queries = read([answered("b", [dear(1)], [dear(0.5)]), answered("c", [wasted]), answered("d", [tip("pi")])]);
    expect(queries.modelCost("elo", begin)).toBeCloseTo(1.75, 12);
    expect(queries.modelCost("pi", begin)).toBe(0);
  });

  test("begins anew at midnight UTC", () => {
    const midnight = Date.parse("2017-01-15T00:00:00Z");
    const life = answered("b", [dear(1)]);
    life.at(midnight - 1).predicted([dear(2)]);
    life.at(midnight).predicted([dear(4)]);
    const queries = read([life]);
    expect(queries.modelCost("elo", midnight - 1)).toBe(3);
    expect(queries.modelCost("elo", midnight)).toBe(4);
  });
});
