import type { Command } from "commander";
import type { Config } from "../../src/config.ts";
import { panelJsonSchema } from "../../src/config/panel.ts";
import { policyRules, spellPolicy } from "../../src/config/policy.ts";
import { examples } from "../cli/options.ts";
import { paint, print, printJson } from "../cli/output.ts";
import { loadSettings } from "../cli/settings.ts";
import { table } from "../cli/table.ts";

export function configCommand(program: Command): void {
  program
    .command("config")
    .description("the settings in force and where each came from, secrets masked")
    .option("--policy", "the policy in force, as its file would have it")
    .option("--panel-schema", "what a panel file may hold, as JSON Schema")
    .option("--json", "one JSON document: settings, policy and panel")
    .addHelpText("after", `\nA policy is refused unless:\n${policyRules.map(({ text }) => `  ${text}`).join("\n")}`)
    .addHelpText(
      "after",
      examples(["config", "what is in force"], ["config --policy > policy.json", "a file to start from"]),
    )
    .action(({ json, policy, panelSchema }: { json?: true; policy?: true; panelSchema?: true }) => {
      if (panelSchema === true) return print(JSON.stringify(panelJsonSchema(), null, 2));
      const { config, settings } = loadSettings();
      if (json === true) return printJson({ settings, ...details(config) });
      if (policy === true) return print(JSON.stringify(spellPolicy(config.policy), null, 2));
      const columns = ["setting", "value", "from", "is"].map((title) => ({ title }));
      print(
        table(
          columns,
          settings.map(({ name, value, origin, about }) => [
            name,
            value === "" ? paint("dim", "(none)") : value,
            origin,
            about,
          ]),
        ),
      );
    });
}

function details({ policy, panel }: Config): object {
  return {
    policy: spellPolicy(policy),
    panel,
  };
}
