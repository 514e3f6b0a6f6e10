import type { Command } from "commander";
import { streamName } from "../../src/events/provision.ts";
import { CommandFailed, exitCode } from "../cli/errors.ts";
import { nodeOf } from "../cli/log-access.ts";
import { examples } from "../cli/options.ts";
import { print } from "../cli/output.ts";
import { loadConfig } from "../cli/settings.ts";

export function natsEnvCommand(program: Command): void {
  program
    .command("nats-env")
    .description("one line for the shell that points the nats CLI at this node's NATS; exit 6 if there is none")
    .option("--json", '{"url", "stream", "credentials"}')
    .addHelpText(
      "after",
      examples(["nats-env", "what to export"], ["nats-env --json", "for scripts"]) +
        '\n  $ eval "$(fulltime nats-env)" && nats stream report',
    )
    .action(({ json }: { json?: true }) => {
      const config = loadConfig();
      const url = nodeOf(config)?.nats ?? config.natsUrl;
      if (url === null) {
        throw new CommandFailed(
          exitCode.unreachable,
          `no node runs on ${config.dataDir}, so there is no embedded NATS to point at: start one with \`fulltime run\`, or set FULLTIME_NATS_URL`,
        );
      }
      const credentials = config.natsCreds;
      if (json === true) return print(JSON.stringify({ url, stream: streamName, credentials }));
      print(`export NATS_URL=${quoted(url)}${credentials === null ? "" : ` NATS_CREDS=${quoted(credentials)}`}`);
    });
}

/** As a POSIX shell takes it, quoted only where it must be. */
function quoted(text: string): string {
  return /^[\w./:,@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
