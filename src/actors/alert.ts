import { defineActor, type Handled } from "./actor.ts";

/** Says in the node's log, once each, when a gap turns critical or missed and when it heals. */
export const alertActor = defineActor({
  name: "alert",
  on: "alert",
  concurrency: 1,
  handle({ message }, node): Promise<Handled> {
    const { event, entity } = message;
    if (
      event?.type === "match.gap.raised" &&
      (event.data.severity === "critical" || event.data.severity === "missed")
    ) {
      const { severity, stage, dueSince } = event.data;
      node.logger.error(
        { match: entity?.id, severity, stage, dueSince, sequence: event.sequence },
        "a match has a gap",
      );
    }
    if (event?.type === "match.gap.resolved") {
      node.logger.info({ match: entity?.id, stage: event.data.stage, sequence: event.sequence }, "a gap is closed");
    }
    return Promise.resolve("ack");
  },
});
