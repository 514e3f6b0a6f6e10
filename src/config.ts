import type { Endpoint } from "./forecast/llm/member.ts";
import type { PrincipalEntry } from "./http/access/principal.ts";
import type { Policy } from "./match/policy.ts";
import { readEndpoints } from "./config/endpoints.ts";
import type { PanelMember } from "./config/panel.ts";
import { withoutSecrets } from "./config/address.ts";
import { variables } from "./config/variables.ts";
import { type Role, roles } from "./config/variables/node.ts";
import type { SourceName } from "./config/variables/source.ts";
import { Mistake, type Variable } from "./config/variables/variable.ts";
import { sourceMistakes } from "./config/source-mistakes.ts";

export { isLlm, rosterOf } from "./config/panel.ts";
export { type Role, roles } from "./config/variables/node.ts";
export type { SourceName } from "./config/variables/source.ts";

/** Everything one node is told, validated and frozen. */
export interface Config {
  /** null: an embedded server. */
  natsUrl: string | null;
  natsCreds: string | null;
  dataDir: string;
  host: string;
  port: number;
  adminToken: string | null;
  /** Who else has a token; empty: nobody. */
  principals: readonly PrincipalEntry[];
  /** Names that this node answers to, besides its own. */
  allowedHosts: readonly string[];
  /** Addresses and networks whose `X-Forwarded-For` is believed. */
  trustedProxies: readonly string[];
  /** Origins whose pages may ask; empty: none but its own. */
  corsOrigins: readonly string[];
  source: SourceName;
  /** null: the provider's own address. */
  sourceUrl: string | null;
  sourceKey: string | null;
  /** Requests a minute; null: as the provider says, or its free plan's. */
  sourcePerMinute: number | null;
  /** Provider codes or our ids; empty: the source's default. */
  competitions: readonly string[];
  policy: Policy;
  panel: readonly PanelMember[];
  llmUrl: string | null;
  llmKey: string | null;
  /** Of the panel's language models, by name. Holds keys: never shown. */
  endpoints: Readonly<Record<string, Endpoint>>;
  clock: "wall" | "simulated";
  roles: readonly Role[];
  replicas: number;
  logLevel: string;
  cacheDir: string | null;
  alertUrl: string | null;
  alertSecret: string | null;
}

export type Origin = "environment" | ".env" | "default";

/** One line of `fulltime config`. */
export interface Setting {
  name: string;
  /** As it would be written; secrets masked. */
  value: string;
  origin: Origin;
  about: string;
}

/** Every mistake of a configuration, one line each, naming the variable, the value (not a secret's) and what would be right. */
export class ConfigMistakes extends Error {
  override readonly name = "ConfigMistakes";
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join("\n"));
    this.mistakes = mistakes;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The configuration in force: the environment over a `.env` file over the defaults. Throws `ConfigMistakes` with all that is
 * wrong, an unknown FULLTIME_ variable included: a misspelt one would otherwise be obeyed by nobody, in silence.
 */
export function readConfig(
  environment: Environment,
  dotenv: Environment = {},
): { config: Config; settings: Setting[] } {
  const mistakes: string[] = [];
  const settings: Setting[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, variable] of Object.entries(variables) as [string, Variable<unknown>][]) {
    const { name } = variable;
    // Set to nothing is set to the default, over what a .env file says too.
    const given = (environment[name] ?? dotenv[name] ?? "").trim();
    const { fallback } = variable;
    const text = given !== "" ? given : typeof fallback === "string" ? fallback : fallback(values);
    const origin: Origin = given === "" ? "default" : environment[name] !== undefined ? "environment" : ".env";
    const shown = masked(variable, text);
    try {
      values[key] = variable.read(text);
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      for (const right of error.message.split("\n"))
        mistakes.push(`${name}${variable.secret ? "" : `=${shown}`}: ${right}`);
    }
    settings.push({ name, value: shown, origin, about: variable.about });
  }
  const known = new Set(settings.map((setting) => setting.name));
  for (const name of Object.keys({ ...environment, ...dotenv })) {
    if (name.startsWith("FULLTIME_") && !known.has(name))
      mistakes.push(`${name}: there is no such setting; see fulltime config`);
  }
  // Without a mistake every variable has been read into its field, which the compiler cannot follow through their table.
  const config = values as unknown as Config;
  if (mistakes.length === 0) {
    const { panel, llmUrl, llmKey } = config;
    const found = readEndpoints(panel, { url: llmUrl, key: llmKey }, (name) => environment[name] ?? dotenv[name]);
    const file = settings.find(({ name }) => name === variables.panel.name)?.value ?? "";
    mistakes.push(...found.mistakes.map((it) => `${variables.panel.name}=${file}: ${it}`));
    values["endpoints"] = found.endpoints;
    mistakes.push(...contradictions(config));
  }
  if (mistakes.length > 0) throw new ConfigMistakes(mistakes);
  return { config: frozen(config), settings };
}

function masked(variable: Variable<unknown>, text: string): string {
  if (variable.secret) return text === "" ? "" : "********";
  return withoutSecrets(text);
}

function frozen<T extends object>(value: T): T {
  for (const inner of Object.values(value) as unknown[]) if (typeof inner === "object" && inner !== null) frozen(inner);
  return Object.freeze(value);
}

const loopback = new Set(["127.0.0.1", "::1", "localhost"]);

function contradictions(config: Config): string[] {
  const found: string[] = [];
  const tokens = config.principals.length + (config.adminToken === null ? 0 : 1);
  if (!loopback.has(config.host) && tokens === 0) {
    found.push(
      `FULLTIME_HOST=${config.host}: binding beyond loopback needs FULLTIME_ADMIN_TOKEN or FULLTIME_PRINCIPALS`,
    );
  }
  if (config.trustedProxies.length > 0 && tokens === 0) {
    found.push(
      `FULLTIME_TRUSTED_PROXIES=${config.trustedProxies.join(",")}: behind a proxy everybody's requests come from its address, so it needs FULLTIME_ADMIN_TOKEN or FULLTIME_PRINCIPALS`,
    );
  }
  if (config.alertUrl !== null && config.alertSecret === null) {
    // A path may be all that protects a receiver.
    const { origin } = new URL(config.alertUrl);
    found.push(`FULLTIME_ALERT_URL=${origin}/...: posts are signed: set FULLTIME_ALERT_SECRET, at least 16 characters`);
  }
  const missing = roles.filter((role) => !config.roles.includes(role) && role !== "http");
  if (config.clock === "simulated" && missing.length > 0) {
    found.push(
      `FULLTIME_ROLES=${config.roles.join(",")}: a simulated clock needs all roles, missing ${missing.join(", ")}`,
    );
  }
  if (config.natsUrl === null && config.replicas > 1) {
    found.push(
      `FULLTIME_REPLICAS=${config.replicas}: an embedded server keeps one copy; set FULLTIME_NATS_URL to a cluster`,
    );
  }
  return [...found, ...sourceMistakes(config)];
}
