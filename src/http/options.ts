import type { Logger } from "pino";
import type { Registry } from "prom-client";
import type { Clock } from "../clock.ts";
import type { Backlog } from "../events/jetstream.ts";
import type { EventLog } from "../events/log.ts";
import type { Policy } from "../match/policy.ts";
import type { ReadModel } from "../projections/read-model.ts";
import type { AccessOptions } from "./access/access.ts";

/** What the routes stand on. */
export interface HttpOptions {
  readModel: ReadModel;
  log: EventLog;
  clock: Clock;
  policy: Policy;
  /** Names of the models that a round begun now would ask. */
  roster: readonly string[];
  /** What a model may cost in a day (UTC), in the panel's currency; null, or absent, for no ceiling. */
  dailyCostMax?: (model: string) => number | null;
  /** A new id for a call at that time. */
  newId(time: number): string;
  /** null, and no principals: the admin routes answer on loopback only. */
  adminToken: string | null;
  /** Who else may ask, from where and how much. */
  access?: AccessOptions;
  logger: Logger;
  /** What is wrong with this node's clock, null for nothing. */
  clockSkew?: () => string | null;
  /** Free share of the disk that holds the log, 0 to 100; null where that is another machine's. */
  logDiskFreePercent?: () => number | null;
  /** Where this node's counters are, to which the routes add theirs. Default: a registry of their own. */
  registry?: Registry;
  /** The settings in force, secrets masked. */
  configuration?: readonly ConfigurationLine[];
  /** What each durable consumer still owes; waits for an absent server. */
  backlog?: () => Promise<Backlog[]>;
}

export interface ConfigurationLine {
  name: string;
  value: string;
  /** Where it came from. */
  origin: string;
  about: string;
}
