import { type Actor, defineActor, type Handled } from "./actor.ts";
import { readGapAlert } from "./gap-alert.ts";
import { createRecent } from "./recent.ts";

/** Says in the node's log, once each, when a gap turns critical or missed and when it heals: whoever else is told, and when. */
export function alertActor(): Actor {
  const said = createRecent();
  return defineActor({
    name: "alert",
    on: "alert",
    concurrency: 1,
    async handle({ message }, node): Promise<Handled> {
      const alert = await readGapAlert(node, message);
      if (alert === null || said.has(alert.id)) return "ack";
      const { id, type, match, severity, stage, dueSince, reason, sequence } = alert;
      const line = { alert: id, match: match.id, severity, stage, dueSince, reason, sequence };
      if (type === "gap.raised") node.logger.error(line, "a match has a gap");
      else node.logger.info(line, "a gap is closed");
      said.add(id);
      return "ack";
    },
  });
}
