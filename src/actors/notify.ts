import { pause } from "../clock.ts";
import { type Actor, defineActor, type Handled } from "./actor.ts";
import { type GapAlert, readGapAlert } from "./gap-alert.ts";
import type { Node } from "./node.ts";
import { createRecent } from "./recent.ts";
import { post, type Receiver } from "./webhook.ts";

/** An alert older than this on the node's clock wakes nobody any more: its line in the log stands. */
const toldWithinMs = 24 * 60 * 60 * 1000;

const backoffMinMs = 1000;
const backoffMaxMs = 60_000;

/**
 * Posts alerts to their receiver, in the order of the log: its durable hands out one at a time, over all nodes, so whoever
 * holds an alert keeps all others back until it is told, refused or too old. Without a receiver, and on a simulated clock
 * (a season there takes seconds, and would wait for a receiver that is away), nobody is told, then or later.
 *
 * What was posted and not acknowledged when the process died is posted again under the same id.
 */
export function notifyActor(receiver: Receiver | null): Actor {
  const told = createRecent();
  /** Matches whose present gap the receiver does not know of: told of its end it would look for the beginning. */
  const untold = createRecent();

  async function handle(alert: GapAlert, to: Receiver, { node, signal, draining }: Turn): Promise<Handled> {
    const { id, type, match, sequence } = alert;
    if (type === "gap.resolved" && untold.has(match.id)) {
      untold.delete(match.id);
      return "ack";
    }
    const line = { alert: id, match: match.id, type, sequence, receiver: new URL(to.url).origin };
    const giveUp = (reason: string, said: string): Handled => {
      node.logger.error({ ...line, reason }, said);
      if (type === "gap.raised") untold.add(match.id);
      return "ack";
    };
    const body = JSON.stringify(alert);
    let lastReason = "";
    for (let attempt = 1; !draining.aborted; attempt++) {
      if (node.clock.now() - Date.parse(alert.time) > toldWithinMs)
        return giveUp(lastReason, "an alert is too old to be sent");
      const posted = await post(to, { id, body }, node.clock, signal);
      if (posted.outcome === "delivered") {
        told.add(id);
        if (type === "gap.raised") untold.delete(match.id);
        if (attempt > 1) node.logger.warn({ ...line, attempt }, "an alert was sent after all");
        return "ack";
      }
      if (signal.aborted) break;
      const { reason } = posted;
      if (posted.outcome === "refused") return giveUp(reason, "the receiver refuses an alert: it is not sent again");
      if (reason !== lastReason)
        node.logger.warn({ ...line, attempt, reason }, "an alert could not be sent, trying on");
      lastReason = reason;
      const backoffMs = Math.min(backoffMaxMs, backoffMinMs * 2 ** Math.min(attempt - 1, 10));
      await pause(node.clock, Math.max(backoffMs, posted.retryAfterMs), draining);
    }
    return "release";
  }

  return defineActor({
    name: "notify",
    on: "notify",
    concurrency: 1,
    aside: true,
    async handle({ message }, node, signal, draining) {
      if (receiver === null || node.clock.kind === "simulated") return "ack";
      const alert = await readGapAlert(node, message);
      if (alert === null || told.has(alert.id)) return "ack";
      return handle(alert, receiver, { node, signal, draining });
    },
  });
}

interface Turn {
  node: Node;
  /** Ends a post under way. */
  signal: AbortSignal;
  /** Ends the waiting for the next. */
  draining: AbortSignal;
}
