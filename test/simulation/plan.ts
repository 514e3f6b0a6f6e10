import { type Durable, durables } from "../../src/events/provision.ts";
import type { Fixture } from "./fixtures.ts";
import type { Random } from "./random.ts";
import { hour, minute, second } from "./units.ts";

export interface Outage {
  from: number;
  to: number;
  how: "fails" | "hangs" | "limited" | "back-at-once";
}

/** What goes wrong at an instant. Nodes are named by number; one that is not there, or not up, is left alone. */
export type Fault =
  /** Dies once it has gone through that many more operations; comes back after `downMs`, with its read model or without. */
  | { do: "crash"; node: number; afterOperations: number; downMs: number; wipe: boolean }
  | { do: "start"; node: number }
  | { do: "drain"; node: number; downMs: number }
  | { do: "freeze"; node: number; durable: Durable | null; ms: number }
  | { do: "redeliver"; durable: Durable }
  | { do: "remove-consumer"; durable: Durable }
  | { do: "refuse"; ms: number }
  | { do: "letter"; kind: "match" | "matches" | "days" | "again" | "broken" | "unknown" | "stored"; draw: number }
  | { do: "retry"; draw: number }
  | { do: "call"; draw: number }
  | { do: "cancel"; draw: number }
  | { do: "forge"; kind: "copy" | "junk" | "unknown-type" | "contradiction"; draw: number };

export interface Plan {
  nodes: number;
  faults: { at: number; fault: Fault }[];
  sourceOutages: Outage[];
  sourceLies: boolean;
  modelOutages: (Outage & { model: string })[];
  modelFailures: boolean;
  slowModels: boolean;
  /** Chance that a try of a batch is lost, on its way or on its way back. */
  lossy: number;
  /** Chance that an operation takes noticeably long. */
  sluggish: number;
  forged: boolean;
}

interface Scene {
  start: number;
  healAt: number;
  fixtures: readonly Fixture[];
  models: readonly string[];
}

export function planFaults(random: Random, { start, healAt, fixtures, models }: Scene): Plan {
  const nodes = random.pick([1, 1, 2, 2, 2, 3]);
  const faults: Plan["faults"] = [];
  const span = healAt - start;
  /** Mostly when there is something to break: around the moments at which a match's work falls due. */
  const moment = (): number => {
    if (random.chance(0.25)) return start + random.int(0, span - 1);
    const fixture = random.pick(fixtures);
    const { kickoff } = fixture.look(start);
    const offset =
      random.pick([-360, -60, -35, -30, -29, -11, -1, 0, 105, 112, 118, 180, 400]) * minute +
      random.int(0, 90) * second;
    return Math.min(Math.max(start, kickoff + offset), healAt - 1);
  };
  const times = (most: number) => (random.chance(0.65) ? random.int(1, most) : 0);
  const add = (count: number, fault: () => Fault) => {
    for (let at = 0; at < count; at++) faults.push({ at: moment(), fault: fault() });
  };
  const down = () => random.pick([second, 5 * second, 30 * second, 3 * minute, 12 * minute, 45 * minute, 4 * hour]);
  const node = () => random.int(0, nodes - 1);
  const draw = () => random.int(0, 1_000_000);
  const afterOperations = () => random.pick([0, 1, 2, 3, 5, 8, 13, 21, 34]);
  add(times(6), () => ({
    do: "crash",
    node: node(),
    afterOperations: afterOperations(),
    downMs: down(),
    wipe: random.chance(0.25),
  }));
  add(times(2), () => ({ do: "drain", node: node(), downMs: down() }));
  const freezable = (): Durable | null => (random.chance(0.4) ? null : random.pick(durables));
  add(times(4), () => ({ do: "freeze", node: node(), durable: freezable(), ms: random.int(2, 40) * second }));
  add(times(5), () => ({ do: "redeliver", durable: random.pick(durables) }));
  add(times(3), () => ({ do: "remove-consumer", durable: random.pick(durables) }));
  add(times(2), () => ({ do: "refuse", ms: random.int(2, 200) * second }));
  const letters = ["match", "match", "match", "matches", "days", "again", "broken", "unknown", "stored"] as const;
  add(times(7), () => ({ do: "letter", kind: random.pick(letters), draw: draw() }));
  add(times(3), () => ({ do: "retry", draw: draw() }));
  const forged = random.chance(0.15);
  const forgeries = ["copy", "junk", "unknown-type", "contradiction"] as const;
  if (forged) add(random.int(1, 6), () => ({ do: "forge", kind: random.pick(forgeries), draw: draw() }));

  const outage = (how: readonly Outage["how"][]): Outage => {
    const from = moment() - random.int(0, 20) * minute;
    return { from, to: Math.min(healAt, from + random.int(1, 90) * minute), how: random.pick(how) };
  };
  const list = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
  const plan: Plan = {
    nodes,
    faults,
    sourceOutages: list(times(3), () => outage(["fails", "hangs", "limited", "back-at-once"])),
    sourceLies: random.chance(0.5),
    modelOutages: list(times(4), () => ({
      ...outage(["fails", "fails", "hangs", "limited"]),
      model: random.pick(models),
    })),
    modelFailures: random.chance(0.5),
    slowModels: random.chance(0.5),
    lossy: random.pick([0, 0, 0.05, 0.2]),
    sluggish: random.pick([0, 0.02, 0.1]),
    forged,
  };
  add(times(4), () => ({ do: "call", draw: draw() }));
  add(times(3), () => ({ do: "cancel", draw: draw() }));
  faults.sort((a, b) => a.at - b.at);
  return plan;
}
