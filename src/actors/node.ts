import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { EventLog } from "../events/log.ts";
import type { Policy } from "../match/policy.ts";
import type { ReadModel } from "../projections/read-model.ts";
import type { Brake } from "./brake.ts";
import type { Observer } from "./observer.ts";
import type { Suspects } from "./suspects.ts";

/** What every actor of one node works with. */
export interface Node {
  log: EventLog;
  readModel: ReadModel;
  clock: Clock;
  policy: Policy;
  /** A new event id for an event of that time. */
  newId(time: number): string;
  logger: Logger;
  /** Holds predictions back; without one nothing ever does. */
  brake?: Brake;
  /** What processes of this node died of; without one, what runs alone goes in the order in which it comes. */
  suspects?: Suspects;
  /** Is told what the actors do; without one nobody is. */
  observer?: Observer;
}
