import type { Command } from "commander";
import type { Config } from "../../src/config.ts";
import { createChecker, type Violation } from "../../src/match/invariants.ts";
import { exitCode } from "../cli/errors.ts";
import { count } from "../cli/format.ts";
import { type LogAccess, withLog } from "../cli/log-access.ts";
import { pipelineNow } from "../cli/now.ts";
import { examples } from "../cli/options.ts";
import { paint, print, printJson, say } from "../cli/output.ts";
import { createProgress } from "../cli/progress.ts";
import { loadConfig } from "../cli/settings.ts";
import { wholeLog } from "../../src/events/whole-log.ts";
import { verifyReadModelAside } from "./verify-read-model.ts";

export function verifyCommand(program: Command): void {
  program
    .command("verify")
    .description("hold the whole log, and the read model, against the invariants; exit 3 on any violation")
    .option("--json", '{"events", "violations", "open"}')
    .addHelpText("after", examples(["verify", "one line a violation"], ["verify --json", "for scripts"]))
    .action(async ({ json }: { json?: true }) => {
      const config = loadConfig();
      await withLog(config, async (access) => {
        const [{ messages, violations: found, open }, readModel] = await Promise.all([
          checkLog(config, access),
          checkReadModel(config, access),
        ]);
        const violations = [...found, ...readModel.violations];
        if (json === true) printJson({ events: messages, violations, open });
        else {
          for (const { invariant, sequence, matchId, text } of violations) {
            print(`${paint("red", `invariant ${invariant}`)}  sequence ${sequence}  ${matchId ?? "-"}  ${text}`);
          }
          say(
            `${count(messages, "message")} checked, ${count(violations.length, "violation")}, ${open} due and open; ${readModel.said}`,
          );
        }
        if (violations.length > 0) process.exitCode = exitCode.found;
      });
    });
}

async function checkLog(
  config: Config,
  { log, signal }: LogAccess,
): Promise<{ messages: number; violations: Violation[]; open: number }> {
  const checker = createChecker(config.policy);
  const progress = createProgress("messages");
  let messages = 0;
  let dispatchedAt: number | null = null;
  for await (const message of wholeLog(log, signal, (at, last) => progress.update(at, last, ""))) {
    messages++;
    if (checker.isAway(message) && message.entity !== null) {
      const life = await log.history(message.entity);
      checker.recall(
        message.entity.id,
        life.filter(({ sequence }) => sequence < message.sequence),
      );
    }
    checker.add(message);
    const { event } = message;
    if (event?.actor === "pipeline:dispatch") dispatchedAt = Math.max(dispatchedAt ?? 0, event.time);
  }
  progress.stop();
  const now = await pipelineNow(config, () => dispatchedAt);
  return { messages, ...checker.finish(now) };
}

/** Invariant 1: rebuilding gives the rows that following gave. Without a read model there is nothing to compare. */
async function checkReadModel(
  { dataDir, policy, natsCreds }: Config,
  { url, signal }: LogAccess,
): Promise<{ violations: Violation[]; said: string }> {
  const verdict = await verifyReadModelAside({ dataDir, policy, natsUrl: url, natsCreds }, signal);
  if ("nothing" in verdict) return { violations: [], said: `invariant 1 not checked: ${verdict.nothing}` };
  const { rows, sequence, differences, equal } = verdict.verified;
  const violations = differences.map(({ table, key, column, live, rebuilt }) => ({
    invariant: 1,
    sequence,
    matchId: null,
    text: `${table} ${key}: ${column} is ${JSON.stringify(live)}, the log gives ${JSON.stringify(rebuilt)}`,
  }));
  return {
    violations,
    said: equal ? `the read model's ${rows} rows are what the log gives` : "the read model differs from the log",
  };
}
