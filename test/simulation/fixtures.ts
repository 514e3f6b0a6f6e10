import type { Score } from "../../src/match/event.ts";
import type { Status } from "../../src/match/status.ts";
import type { Random } from "./random.ts";
import { competition, day, hour, minute, second } from "./units.ts";

/** What is true of a match at a moment. */
export interface Truth {
  kickoff: number;
  status: Status;
  score: Score | null;
}

/** A change of the truth: it happens to the match at `at`, which may depend on when it kicks off. */
interface Turn {
  at: (truth: Truth) => number;
  apply: (truth: Truth, now: number) => Truth;
}

/** One match out there. What it becomes is told only to whoever looks at it. */
export interface Fixture {
  readonly id: string;
  readonly home: string;
  readonly away: string;
  /** When the source lists it. */
  readonly visibleAt: number;
  /** By then nothing about it changes any more. */
  readonly lastChangeAt: number;
  /** The truth at `now`; later looks must be later. */
  look(now: number): Truth;
  /** What was true before the last change that someone saw. */
  readonly before: Truth;
}

const stories = [
  "plain",
  "plain",
  "plain",
  "near-move",
  "earlier",
  "far-move",
  "far-forward",
  "postponed",
  "postponed-for-good",
  "cancelled",
  "abandoned",
  "abandoned-replay",
  "awarded",
  "correction",
  "flapping",
  "ambush",
  "ambush",
  "begun",
  "ended",
  "history",
  "in-play",
] as const;
type Story = (typeof stories)[number];

export function planFixtures(random: Random, start: number): Fixture[] {
  const count = random.int(4, 8);
  return Array.from({ length: count }, (_, at) => planFixture(random, random.pick(stories), start, at));
}

function planFixture(random: Random, story: Story, start: number, at: number): Fixture {
  const [home, away] = [`h${at}`, `a${at}`];
  let kickoff = start + random.int(2 * 60, 40 * 60) * minute;
  let visibleAt = start;
  const turns: Turn[] = [];
  const score = () => ({ home: random.int(0, 3), away: random.int(0, 3) });
  const [final, other] = [score(), score()];
  const move = (before: number, by: number): Turn => ({
    at: () => kickoff - before,
    apply: (truth) => ({ ...truth, kickoff: truth.kickoff + by, status: "scheduled" }),
  });
  const turn = (status: Status, when: (truth: Truth) => number): Turn => ({
    at: when,
    apply: (truth) => ({ ...truth, status }),
  });
  const inPlay = turn("in-play", (truth) => truth.kickoff);
  const ends = (delay = random.int(105, 125) * minute, with_ = final): Turn => ({
    at: (truth) => truth.kickoff + delay,
    apply: (truth) => ({ ...truth, status: "finished", score: with_ }),
  });

  switch (story) {
    case "plain":
      turns.push(ends());
      break;
    case "in-play":
      turns.push(inPlay, ends());
      break;
    case "near-move":
      turns.push(
        move(random.int(5, 500) * minute, random.pick([10 * minute, 45 * minute, 3 * hour, 20 * hour])),
        ends(),
      );
      break;
    case "earlier":
      turns.push(
        {
          at: () => kickoff - random.int(15, 200) * minute,
          apply: (truth, now) => ({
            ...truth,
            kickoff: now + random.pick([-20 * minute, 30 * second, 4 * minute, 12 * minute]),
          }),
        },
        ends(),
      );
      break;
    case "far-move":
      turns.push(move(random.int(20, 400) * minute, random.pick([25 * hour, 40 * hour])), ends());
      break;
    case "far-forward":
      kickoff = start + random.int(44, 47) * hour;
      turns.push(move(random.int(30, 36) * hour, -random.int(25, 28) * hour), ends());
      break;
    case "postponed":
      turns.push(turn("postponed", () => kickoff - random.int(-30, 300) * minute));
      turns.push(
        {
          at: () => kickoff + random.int(2, 8) * hour,
          apply: (truth, now) => ({
            ...truth,
            status: "scheduled",
            kickoff: now + random.pick([20 * minute, 7 * hour, 26 * hour]),
          }),
        },
        ends(),
      );
      break;
    case "postponed-for-good":
      turns.push(turn("postponed", () => kickoff - random.int(-30, 300) * minute));
      break;
    case "cancelled":
      turns.push(turn("cancelled", () => kickoff - random.int(5, 500) * minute));
      break;
    case "abandoned":
      turns.push(
        inPlay,
        turn("abandoned", (truth) => truth.kickoff + 50 * minute),
      );
      break;
    case "abandoned-replay":
      turns.push(
        inPlay,
        turn("interrupted", (truth) => truth.kickoff + 30 * minute),
        turn("abandoned", (truth) => truth.kickoff + 50 * minute),
      );
      turns.push(
        {
          at: () => kickoff + random.int(3, 6) * hour,
          apply: (truth, now) => ({ ...truth, status: "scheduled", kickoff: now + random.pick([5 * hour, 26 * hour]) }),
        },
        ends(),
      );
      break;
    case "awarded":
      turns.push(turn(random.pick(["awarded", "walk-over"]), (truth) => truth.kickoff + random.int(-60, 200) * minute));
      break;
    case "correction":
      turns.push(ends(), ends(random.int(3, 9) * hour, other));
      break;
    case "flapping":
      turns.push(ends(), ends(random.int(150, 300) * minute, other), ends(random.int(301, 500) * minute, final));
      break;
    case "ambush":
    case "begun":
    case "ended":
    case "history": {
      // It turns up at whatever moment the source is next asked, so close to kick-off (or after) as the story wants.
      // A source is asked for its past once, at the very first.
      visibleAt = story === "history" ? start : start + random.int(0, 40) * hour;
      const offsets = {
        ambush: [5 * second, 40 * second, 3 * minute, 8 * minute, 15 * minute, 31 * minute],
        begun: [-minute, -40 * minute],
        ended: [-3 * hour, -2 * day],
        history: [-9 * day],
      };
      const offset = random.pick(offsets[story]);
      turns.push({ at: () => visibleAt, apply: (truth, now) => ({ ...truth, kickoff: now + offset }) }, ends());
      kickoff = visibleAt + 6 * hour;
      break;
    }
  }
  const settledAfter =
    story === "far-move" ? 2 * day : story === "plain" || story === "in-play" ? 12 * hour : 30 * hour;
  return createFixture(
    { id: `${competition}-2024-${home}-${away}`, home, away, visibleAt, lastChangeAt: kickoff + settledAfter },
    kickoff,
    turns,
  );
}

function createFixture(given: Omit<Fixture, "look" | "before">, kickoff: number, turns: Turn[]): Fixture {
  let truth: Truth = { kickoff, status: "scheduled", score: null };
  let before = truth;
  // Asked for once: a turn's time may be drawn by chance.
  let next: number | null = null;
  return {
    ...given,
    look(now) {
      for (let turn = turns[0]; turn !== undefined; turn = turns[0]) {
        next ??= turn.at(truth);
        if (now < next) break;
        before = truth;
        truth = turn.apply(truth, now);
        turns.shift();
        next = null;
      }
      return truth;
    },
    get before() {
      return before;
    },
  };
}
