import { userInfo } from "node:os";
import { monotonicFactory } from "ulid";
import { appendToCall, appendToMatch, type Written } from "../../src/actors/append.ts";
import { wallClock } from "../../src/clock.ts";
import type { Config } from "../../src/config.ts";
import { type Call, unknownCall } from "../../src/match/call.ts";
import type { Order } from "../../src/match/event.ts";
import type { Word } from "../../src/match/orders.ts";
import type { Match } from "../../src/match/match.ts";
import { CommandFailed, exitCode } from "./errors.ts";
import type { KnownMatches } from "./known-matches.ts";
import { type LogAccess, nodeOf, withLog } from "./log-access.ts";
import { createLogger } from "./logger.ts";

/** Somebody at a shell of the pipeline's machine. */
export interface Operator {
  /** The user of the operating system. */
  readonly name: string;
  /** Appends what `decide` says, by the append rule: decided again where the match has moved, dropped for null. */
  say(match: Match, decide: (match: Match) => Word | null): Promise<Written<Match>>;
  /** Appends a call, which the nodes carry out; resolves with its id. */
  call(order: Order, planHash: string | null): Promise<string>;
  /** Cancels what has not begun of a call. */
  cancel(call: Call, reason: string | null): Promise<Written<Call>>;
}

export function operatorAt(config: Config, { log }: LogAccess, known: KnownMatches): Operator {
  const name = userName();
  const newId = monotonicFactory();
  const actor = `operator:${name}`;
  const appending = { log, clock: wallClock, logger: createLogger(config.logLevel) };
  return {
    name,
    say: (match, decide) =>
      appendToMatch(appending, match, (state) => {
        const word = decide(state);
        if (word === null) return null;
        const time = known.now();
        return [{ ...word, id: newId(time), time, actor, causationId: null }];
      }),
    async call(order, planHash) {
      const time = known.now();
      const id = newId(time);
      const data = { principal: name, order, planHash, idempotencyKey: null, bodyHash: "", answer: null };
      await appendToCall(appending, unknownCall(id), ({ version }) =>
        version === 0 ? [{ type: "operator.requested", id, time, actor, causationId: null, data }] : null,
      );
      return id;
    },
    cancel: (call, reason) =>
      appendToCall(appending, call, (state) => {
        if (state.cancelled !== null) return null;
        const time = known.now();
        const data = { principal: name, reason };
        return [{ type: "operator.cancelled", id: newId(time), time, actor, causationId: state.id, data }];
      }),
  };
}

/** Lets `work` write to the log of a pipeline that is there to act on it. Throws `CommandFailed` where none can be. */
export async function withRunningLog<T>(config: Config, work: (access: LogAccess) => Promise<T>): Promise<T> {
  if (nodeOf(config) === null && config.natsUrl === null) {
    throw new CommandFailed(
      exitCode.unreachable,
      `no node runs on ${config.dataDir}, so nobody would act on a request: start one with \`fulltime run\`, or name its NATS with FULLTIME_NATS_URL (--dry-run needs neither)`,
    );
  }
  return withLog(config, work);
}

/** The user of the operating system. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a number that no name belongs to.
    return `uid-${process.getuid?.() ?? "unknown"}`;
  }
}
