import type { Policy } from "../../../src/match/policy.ts";
import type { Stage } from "../../../src/match/event.ts";
import type { Offer } from "./offers.ts";

/** What a bench's node is started with, as its one argument in JSON. */
export interface NodeSetup {
  dataDir: string;
  cacheDir: string;
  policy: Policy;
  /** Season after season on a simulated clock, with the built-in panel, instead of what is offered, with canned models. */
  seasons?: boolean;
}

/** What the bench asks of its node; each is answered once, in the order asked, but for `offer`. */
export type Request =
  | { kind: "offer"; offer: Offer }
  /** Answered once every match in it has ended its stage `upTo`, done or missed. */
  | { kind: "played"; offer: Offer; upTo: "predict" | "settle" }
  | { kind: "tick"; count: number }
  /** How late the stages were, counted from when they fell due, or from `from` where that was later. */
  | { kind: "lateness"; offer: Offer; from: number };

export type Answer =
  | { kind: "ready"; url: string; natsUrl: string }
  /** `missed`: how many kicked off before they were predicted, and will never be played. */
  | { kind: "played"; missed: number }
  /** Milliseconds of each. */
  | { kind: "tick"; ms: number[] }
  | { kind: "lateness"; worst: Record<Stage, Lateness> };

/** Of one stage, over all matches asked for. */
export interface Lateness {
  /** How many took no longer than the stage's budget. */
  inBudget: number;
  /** Of the latest, of those that are done; 0 when none was late. */
  ms: number;
}
