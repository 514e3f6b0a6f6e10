import { text } from "node:stream/consumers";
import { type Command, Option } from "commander";
import {
  type PrincipalEntry,
  principalName,
  reservedNames,
  type Scope,
  scopes,
} from "../../src/http/access/principal.ts";
import { newToken, scryptOf, sha256Of } from "../../src/http/access/token-hash.ts";
import { CommandFailed, exitCode } from "../cli/errors.ts";
import { examples } from "../cli/options.ts";
import { print, printJson, say } from "../cli/output.ts";
import { addPrincipal } from "../cli/principals-file.ts";

interface Options {
  scope: Scope;
  file?: string;
  stdin?: true;
  dryRun?: true;
  json?: true;
}

export function tokenCommand(program: Command): void {
  const token = program.command("token").description("tokens of the admin API, each of a principal with a scope");
  token
    .command("new <name>")
    .description("make a token for a principal: shown once, its hash kept in the file of FULLTIME_PRINCIPALS")
    .addOption(
      new Option("--scope <scope>", "what it may do; each includes those before it")
        .choices(scopes)
        .makeOptionMandatory(),
    )
    .option("--file <file>", "add the entry to this file, which is made where there is none")
    .option("--stdin", "take a token of your own from standard input, instead of making one")
    .option("--dry-run", "make a token and show its entry, write no file")
    .option("--json", "one JSON document: token and entry")
    .addHelpText(
      "after",
      `
  read     to look: health of the pipeline, failures, progress
  operate  to ask for something too: retry, backfill, dismiss
  admin    everything: rebuild

A token that was made here is 32 random bytes, of which the file keeps the SHA-256; of one of your own it keeps scrypt.
A running node reads the file when it starts.
${examples(
  ["token new grafana --scope read --file principals.json", "the token is on stdout"],
  ["token new anna --scope operate --stdin < password.txt", "shows the entry to put into the file"],
)}`,
    )
    .action(create);
}

async function create(name: string, { scope, stdin, json, dryRun, ...options }: Options): Promise<void> {
  if (!principalName.test(name) || reservedNames.includes(name)) {
    throw new CommandFailed(
      exitCode.usage,
      `${name}: a principal's name is 1 to 63 lower-case letters, digits, dots, hyphens and underscores, and not ${reservedNames.join(" or ")}`,
    );
  }
  const file = dryRun === true ? undefined : options.file;
  const own = stdin === true ? await readOwn() : null;
  const token = own ?? newToken();
  const entry: PrincipalEntry = { name, scope, token: own === null ? sha256Of(token) : await scryptOf(token) };
  if (file !== undefined) addPrincipal(file, entry);
  if (json === true) return printJson({ ...(own === null ? { token } : {}), entry });
  if (own === null) {
    print(token);
    say("This token is shown this once: keep it where only its user can read it.");
  }
  if (file === undefined)
    say(`The entry for "principals" in the file of FULLTIME_PRINCIPALS:\n${JSON.stringify(entry)}`);
  else say(`${name} is in ${file} with scope ${scope}; a node that runs reads it at its next start.`);
}

const ownLengthMin = 16;

async function readOwn(): Promise<string> {
  const token = (await text(process.stdin)).trim();
  if (token.length < ownLengthMin || !/^[\x21-\x7e]+$/.test(token)) {
    throw new CommandFailed(
      exitCode.usage,
      `a token of your own must have at least ${ownLengthMin} characters, all of ASCII and none white space`,
    );
  }
  return token;
}
