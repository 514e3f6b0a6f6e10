import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { EventLog } from "../events/log.ts";
import type { Policy } from "../match/policy.ts";
import type { ReadModel } from "../projections/read-model.ts";

/** What the routes stand on. */
export interface HttpOptions {
  readModel: ReadModel;
  log: EventLog;
  clock: Clock;
  policy: Policy;
  /** null: the admin routes answer on loopback only. */
  adminToken: string | null;
  logger: Logger;
  /** What is wrong with this node's clock, null for nothing. */
  clockSkew?: () => string | null;
  /** Why the log takes nothing for want of room, null while it does. */
  diskFull?: () => string | null;
}
