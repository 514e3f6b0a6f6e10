import type { Command } from "commander";
import { exitCode } from "../cli/errors.ts";
import { examples } from "../cli/options.ts";
import { paint, print, printJson } from "../cli/output.ts";
import { loadConfig } from "../cli/settings.ts";
import { examine, type Finding } from "./doctor-checks.ts";

export function doctorCommand(program: Command): void {
  program
    .command("doctor")
    .description(
      "check Node, nats-server, disk, stream, consumers, read model, clock, source, lock; say what to do; exit 1 on a failure",
    )
    .option("--json", "one JSON document")
    .addHelpText("after", examples(["doctor", "what is wrong, and the remedy"]))
    .action(async ({ json }: { json?: true }) => {
      const findings = await examine(loadConfig());
      if (json === true) printJson({ findings });
      else print(findings.map(line).join("\n"));
      if (findings.some(({ result }) => result === "fail")) process.exitCode = exitCode.failed;
    });
}

const colours = { ok: "green", warn: "yellow", fail: "red" } as const;

function line({ result, what, found, remedy }: Finding): string {
  const advice = remedy === null ? "" : `\n${" ".repeat(25)}${paint("bold", "→")} ${remedy}`;
  return `${paint(colours[result], result.padEnd(4))}  ${what.padEnd(17)}  ${found}${advice}`;
}
