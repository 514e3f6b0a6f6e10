import { expect, test } from "vitest";
import { defaultPolicy } from "../../src/match/policy.ts";
import { type History, history, hour, kickoff, minute } from "../support/history.ts";
import { manualClock, testNode } from "../support/node.ts";

const at = (id: string, when: number): History => history(id, when - 47 * hour).scheduled({ kickoff: when });

function predicted(life: History, when: number, lateBy = 0): History {
  return life
    .at(when - 6 * hour)
    .requested("analyse")
    .after(minute)
    .analysed()
    .at(when - 30 * minute + lateBy)
    .requested("predict")
    .after(minute)
    .predicted();
}

async function punctuality(lives: readonly History[], from: number, to: number) {
  const it = await testNode({ wall: manualClock(kickoff) });
  for (const life of lives) await it.write(life);
  return it.node.readModel.punctuality({ from, to, slotMs: hour, grace: defaultPolicy.budget });
}

test("matches by hour of kick-off: predicted in time or not, and how late each stage was", async () => {
  const missed = at("pl-2016-17-c-d", kickoff + 10 * minute);
  missed.at(kickoff + 10 * minute).dispatch(({ kind }) => kind === "missed");
  const lives = [
    predicted(at("pl-2016-17-a-b", kickoff), kickoff),
    missed,
    predicted(at("pl-2016-17-e-f", kickoff + hour), kickoff + hour, 14 * minute),
  ];
  const [before, first, second] = await punctuality(lives, kickoff - hour, kickoff + 2 * hour);
  expect(before).toMatchObject({ from: kickoff - hour, matches: 0, predictedInTime: 0 });
  expect(first).toMatchObject({ from: kickoff, matches: 2, predictedInTime: 1 });
  expect(first?.stages.predict).toEqual({ done: 1, late: 0, worstMs: minute });
  expect(second).toMatchObject({ matches: 1, predictedInTime: 1 });
  // The policy gives a prediction ten minutes.
  expect(second?.stages.predict).toEqual({ done: 1, late: 1, worstMs: 15 * minute });
  expect(second?.stages.settle).toEqual({ done: 0, late: 0, worstMs: 0 });
});

test("a prediction in hindsight is not one in time", async () => {
  const life = at("pl-2016-17-a-b", kickoff);
  life.at(kickoff).dispatch(({ kind }) => kind === "missed");
  life.after(hour).retro();
  life.dispatch();
  life.after(minute).analysed();
  life.dispatch();
  life.after(minute).predicted();
  const [slot] = await punctuality([life], kickoff, kickoff + hour);
  expect(slot).toMatchObject({ matches: 1, predictedInTime: 0 });
});

test("postponed matches, those without points and history are left out, and another round's stages", async () => {
  const moved = predicted(at("pl-2016-17-a-b", kickoff), kickoff)
    .after(minute)
    .scheduled({ kickoff: kickoff + 48 * hour });
  moved.at(kickoff + 42 * hour).requested("analyse", { round: 2, attempt: 1 });
  const lives = [
    moved,
    at("pl-2016-17-c-d", kickoff).after(minute).scheduled({ status: "postponed" }),
    at("pl-2016-17-e-f", kickoff).after(minute).scheduled({ status: "cancelled" }),
    history("pl-2016-17-g-h", kickoff - 47 * hour).scheduled({ kickoff, purpose: "history" }),
  ];
  const [slot] = await punctuality(lives, kickoff, kickoff + hour);
  expect(slot?.matches).toBe(0);
  const [later] = await punctuality([moved], kickoff + 48 * hour, kickoff + 49 * hour);
  expect(later).toMatchObject({ matches: 1, predictedInTime: 0 });
  expect(later?.stages.analyse.done).toBe(0);
});
