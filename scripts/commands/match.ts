import type { Command } from "commander";
import { isMatchId } from "../../src/events/subjects.ts";
import { describe } from "../cli/describe.ts";
import { CommandFailed, exitCode } from "../cli/errors.ts";
import { count, instant, lasting } from "../cli/format.ts";
import { withLog, type LogAccess } from "../cli/log-access.ts";
import { noSuchMatch } from "../cli/no-such-match.ts";
import { examples } from "../cli/options.ts";
import { paint, print, printJson, say } from "../cli/output.ts";
import { loadConfig } from "../cli/settings.ts";
import { wholeLog } from "../../src/events/whole-log.ts";
import { type Caused, causesOf, walkCauses } from "./match-causes.ts";
import { type Moment, shownMoment, timelineOf } from "../../src/projections/timeline.ts";

export function matchCommand(program: Command): void {
  program
    .command("match")
    .description(
      "the life of one match, from the log alone: what happened, who did it, which attempt, from what cause, how late",
    )
    .argument("<id>", "match id, like pl-2016-17-arsenal-chelsea")
    .option("--causes", "each event below the one that caused it")
    .option("--json", "one JSON document")
    .addHelpText(
      "after",
      examples(
        ["match pl-2016-17-arsenal-chelsea", "its life"],
        ["match ID --causes", "who asked for what, and what came of it"],
        ["match ID --json", "every event, whole"],
      ),
    )
    .action(async (id: string, { causes, json }: { causes?: true; json?: true }) => {
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
        if (json === true) {
          const tree =
            causes === true ? { causes: causesOf(moments).map(treeAsJson) } : { events: moments.map(shownMoment) };
          return printJson({ matchId: id, ...tree });
        }
        if (causes === true) {
          for (const { moment, depth } of walkCauses(causesOf(moments))) print(line(moment, depth));
        } else for (const moment of moments) print(line(moment));
        const { fixture, settlement } = match;
        const end = settlement === null ? (fixture?.status ?? "never scheduled") : "settled";
        say(`${count(moments.length, "message")}, ${end}; times are UTC`);
      });
    });
}

function line({ message, event, cause, lateMs, ignored }: Moment, depth = 0): string {
  const indent = "  ".repeat(depth);
  const at = `#${message.sequence}`;
  if (event === null) {
    const { code, text } = message.undecodable ?? { code: "not-an-event", text: "no event of a match" };
    return `${instant(message.storedAt)}  ${indent}${paint("red", "unreadable".padEnd(whatWidth))}  ${code}: ${text}  ${paint("dim", `stored then, ${at}`)}`;
  }
  const { what, detail } = describe(event);
  const late = lateMs !== null && lateMs >= 1000 ? `  ${paint("yellow", `${lasting(lateMs)} after due`)}` : "";
  const mark = ignored === null ? "" : `  ${paint("red", `ignored: ${ignored}`)}`;
  const from = cause === null ? "" : ` from #${cause}`;
  return `${instant(event.time)}  ${indent}${paint("bold", what.padEnd(whatWidth))}  ${detail}${late}${mark}  ${paint("dim", `by ${event.actor}  ${at}${from}`)}`;
}

/** `settlement requested`, the longest of the common ones. */
const whatWidth = 20;

function treeAsJson({ moment, effects }: Caused): object {
  return { ...shownMoment(moment), effects: effects.map(treeAsJson) };
}

async function unknown(id: string, { log, signal }: LogAccess): Promise<CommandFailed> {
  const ids = new Set<string>();
  for await (const { entity } of wholeLog(log, signal)) if (entity?.root === "match") ids.add(entity.id);
  return noSuchMatch(id, ids);
}
