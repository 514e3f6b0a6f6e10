import type { Command } from "commander";
import { isMatchId } from "../../src/events/subjects.ts";
import { describe } from "../cli/describe.ts";
import { CommandFailed, exitCode } from "../cli/errors.ts";
import { count, instant, lasting } from "../cli/format.ts";
import { withLog, type LogAccess } from "../cli/log-access.ts";
import { nearest } from "../cli/nearest.ts";
import { examples } from "../cli/options.ts";
import { paint, print, printJson, say } from "../cli/output.ts";
import { loadConfig } from "../cli/settings.ts";
import { wholeLog } from "../cli/whole-log.ts";
import { type Moment, timelineOf } from "./match-timeline.ts";

export function matchCommand(program: Command): void {
  program
    .command("match")
    .description(
      "the life of one match, from the log alone: what happened, who did it, which attempt, from what cause, how late",
    )
    .argument("<id>", "match id, like pl-2016-17-arsenal-chelsea")
    .option("--json", "one JSON document")
    .addHelpText(
      "after",
      examples(["match pl-2016-17-arsenal-chelsea", "its life"], ["match ID --json", "every event, whole"]),
    )
    .action(async (id: string, { json }: { json?: true }) => {
      const config = loadConfig();
      if (!isMatchId(id))
        throw new CommandFailed(
          exitCode.usage,
          `${JSON.stringify(id)} is no match id: they are like pl-2016-17-arsenal-chelsea`,
        );
      await withLog(config, async (access) => {
        const messages = await access.log.history({ root: "match", id });
        if (messages.length === 0) throw await unknown(id, access);
        const { moments, match } = timelineOf(id, messages, config.policy);
        if (json === true) return printJson({ matchId: id, events: moments.map(asJson) });
        for (const moment of moments) print(line(moment));
        const { fixture, settlement } = match;
        const end = settlement === null ? (fixture?.status ?? "never scheduled") : "settled";
        say(`${count(moments.length, "message")}, ${end}; times are UTC`);
      });
    });
}

function line({ message, event, cause, lateMs, ignored }: Moment): string {
  const at = `#${message.sequence}`;
  if (event === null) {
    const { code, text } = message.undecodable ?? { code: "not-an-event", text: "no event of a match" };
    return `${instant(message.storedAt)}  ${paint("red", "unreadable".padEnd(whatWidth))}  ${code}: ${text}  ${paint("dim", `stored then, ${at}`)}`;
  }
  const { what, detail } = describe(event);
  const late = lateMs !== null && lateMs >= 1000 ? `  ${paint("yellow", `${lasting(lateMs)} after due`)}` : "";
  const mark = ignored === null ? "" : `  ${paint("red", `ignored: ${ignored}`)}`;
  const from = cause === null ? "" : ` from #${cause}`;
  return `${instant(event.time)}  ${paint("bold", what.padEnd(whatWidth))}  ${detail}${late}${mark}  ${paint("dim", `by ${event.actor}  ${at}${from}`)}`;
}

/** `settlement requested`, the longest of the common ones. */
const whatWidth = 20;

function asJson({ message, event, cause, lateMs, ignored }: Moment): object {
  const { sequence, subject, storedAt, undecodable, body } = message;
  const stored = { sequence, subject, storedAt: new Date(storedAt).toISOString() };
  if (event === null) return { ...stored, undecodable, body: new TextDecoder().decode(body.subarray(0, bodyShownMax)) };
  const { id, type, time, actor, causationId, data } = event;
  return { ...stored, id, type, time: new Date(time).toISOString(), actor, causationId, cause, lateMs, ignored, data };
}

/** Enough of a broken body to recognise it. */
const bodyShownMax = 2048;

async function unknown(id: string, { log, signal }: LogAccess): Promise<CommandFailed> {
  const ids = new Set<string>();
  for await (const { entity } of wholeLog(log, signal)) if (entity?.root === "match") ids.add(entity.id);
  const near = nearest(id, ids);
  const hint = near.length === 0 ? "the log has no matches yet" : `did you mean ${near.join(", ")}?`;
  return new CommandFailed(exitCode.failed, `there is no match ${id}: ${hint}`);
}
