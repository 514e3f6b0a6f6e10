import { resolve } from "node:path";
import { type Member } from "../forecast/member.ts";
import { starterPanel } from "../forecast/starter.ts";
import { defaultPolicy, type Policy } from "../match/policy.ts";
import { readPanel } from "./panel.ts";
import { readPolicy } from "./policy.ts";

export const roles = ["dispatch", "poll", "analyse", "lineups", "predict", "settle", "intake", "alert", "http"] as const;
export type Role = (typeof roles)[number];

/** Everything one node is told, validated and frozen. */
export interface Config {
  /** null: an embedded server. */
  natsUrl: string | null;
  natsCreds: string | null;
  dataDir: string;
  host: string;
  port: number;
  adminToken: string | null;
  source: "archive";
  /** Provider codes or our ids; empty: the source's default. */
  competitions: readonly string[];
  policy: Policy;
  panel: readonly Member[];
  clock: "wall" | "simulated";
  roles: readonly Role[];
  replicas: number;
  logLevel: string;
  cacheDir: string | null;
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

interface Variable<T> {
  name: string;
  about: string;
  fallback: string;
  secret?: true;
  /** Throws a string: what would be right. */
  read(text: string): T;
}

function wrong(right: string): never {
  throw new Mistake(right);
}

class Mistake extends Error {}

function oneOf<T extends string>(values: readonly T[]): (text: string) => T {
  return (text) => values.find((value) => value === text) ?? wrong(`must be ${values.join(" or ")}`);
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : wrong(`must be a whole number from ${min} to ${max}`);
  };
}

const list = (text: string) => text.split(",").map((it) => it.trim()).filter((it) => it !== "");

const variables = {
  natsUrl: {
    name: "FULLTIME_NATS_URL",
    about: "NATS server to use; none: an embedded one",
    fallback: "",
    read: (text) => {
      if (text === "") return null;
      const urls = list(text);
      return urls.length > 0 && urls.every((url) => /^(nats|tls|ws|wss):\/\/[^\s/]+$/.test(url)) ? text : wrong("must be like nats://host:4222, several by comma");
    },
  } satisfies Variable<string | null>,
  natsCreds: { name: "FULLTIME_NATS_CREDS", about: "credentials file for that server", fallback: "", read: (text) => text || null } satisfies Variable<string | null>,
  dataDir: { name: "FULLTIME_DATA_DIR", about: "where this node keeps its log and read model", fallback: "./data", read: (text) => resolve(text) } satisfies Variable<string>,
  host: { name: "FULLTIME_HOST", about: "address the HTTP server binds", fallback: "127.0.0.1", read: (text) => (/^[\w.:-]+$/.test(text) ? text : wrong("must be an address or a host name")) } satisfies Variable<string>,
  port: { name: "FULLTIME_PORT", about: "its port; 0 takes a free one", fallback: "4600", read: wholeNumber(0, 65_535) } satisfies Variable<number>,
  adminToken: {
    name: "FULLTIME_ADMIN_TOKEN",
    about: "bearer token of the admin routes; none: they answer on loopback only",
    fallback: "",
    secret: true,
    read: (text) => (text === "" ? null : text.length >= 16 && !/\s/.test(text) ? text : wrong("must have at least 16 characters and no white space")),
  } satisfies Variable<string | null>,
  source: { name: "FULLTIME_SOURCE", about: "where fixtures and results come from", fallback: "archive", read: oneOf(["archive"] as const) } satisfies Variable<"archive">,
  competitions: { name: "FULLTIME_COMPETITIONS", about: "competitions to follow, the provider's codes", fallback: "", read: list } satisfies Variable<string[]>,
  policy: {
    name: "FULLTIME_POLICY",
    about: "JSON file of offsets, windows, budgets and attempts",
    fallback: "",
    read: (text): Policy => {
      if (text === "") return defaultPolicy;
      const read = readPolicy(text);
      return "policy" in read ? read.policy : wrong(read.mistakes.join("\n"));
    },
  } satisfies Variable<Policy>,
  panel: {
    name: "FULLTIME_PANEL",
    about: "JSON file of panel members; none: the built-in statistical panel",
    fallback: "",
    read: (text): readonly Member[] => {
      if (text === "") return starterPanel;
      const read = readPanel(text);
      return "members" in read ? read.members : wrong(read.mistakes.join("\n"));
    },
  } satisfies Variable<readonly Member[]>,
  clock: { name: "FULLTIME_CLOCK", about: "wall, or simulated (the archive's default)", fallback: "simulated", read: oneOf(["wall", "simulated"] as const) } satisfies Variable<"wall" | "simulated">,
  roles: {
    name: "FULLTIME_ROLES",
    about: "what this node runs",
    fallback: roles.join(","),
    read: (text): Role[] => {
      const chosen = list(text);
      const unknown = chosen.filter((it) => !(roles as readonly string[]).includes(it));
      return unknown.length === 0 && chosen.length > 0 ? (chosen as Role[]) : wrong(`must be some of ${roles.join(",")}`);
    },
  } satisfies Variable<Role[]>,
  replicas: { name: "FULLTIME_REPLICAS", about: "copies of the log on a cluster", fallback: "1", read: (text) => (["1", "3", "5"].includes(text) ? Number(text) : wrong("must be 1, 3 or 5")) } satisfies Variable<number>,
  logLevel: { name: "FULLTIME_LOG_LEVEL", about: "least severe log line", fallback: "info", read: oneOf(["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const) } satisfies Variable<string>,
  cacheDir: { name: "FULLTIME_CACHE_DIR", about: "where a fetched nats-server is kept; none: the user's cache directory", fallback: "", read: (text) => (text === "" ? null : resolve(text)) } satisfies Variable<string | null>,
};

/** Names that live sources and language models will read; set already, they are no mistake. */
const reserved = ["FULLTIME_SOURCE_URL", "FULLTIME_SOURCE_KEY", "FULLTIME_LLM_URL", "FULLTIME_LLM_KEY", "FULLTIME_ALERT_URL"];

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The configuration in force: the environment over a `.env` file over the defaults. Throws `ConfigMistakes` with all that is
 * wrong, an unknown FULLTIME_ variable included: a misspelt one would otherwise be obeyed by nobody, in silence.
 */
export function readConfig(environment: Environment, dotenv: Environment = {}): { config: Config; settings: Setting[] } {
  const mistakes: string[] = [];
  const settings: Setting[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, variable] of Object.entries(variables) as [string, Variable<unknown>][]) {
    const { name } = variable;
    const origin: Origin = environment[name] !== undefined ? "environment" : dotenv[name] !== undefined ? ".env" : "default";
    const text = (environment[name] ?? dotenv[name] ?? variable.fallback).trim();
    try {
      values[key] = variable.read(text === "" && origin !== "default" ? variable.fallback : text);
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      for (const right of error.message.split("\n")) mistakes.push(`${name}${variable.secret ? "" : `=${text}`}: ${right}`);
    }
    settings.push({ name, value: variable.secret && text !== "" ? "********" : text, origin, about: variable.about });
  }
  const known = new Set([...settings.map((setting) => setting.name), ...reserved]);
  for (const name of Object.keys({ ...environment, ...dotenv })) {
    if (name.startsWith("FULLTIME_") && !known.has(name)) mistakes.push(`${name}: there is no such setting; see fulltime config`);
  }
  if (mistakes.length === 0) mistakes.push(...contradictions(values as unknown as Config));
  if (mistakes.length > 0) throw new ConfigMistakes(mistakes);
  return { config: Object.freeze(values as unknown as Config), settings };
}

const loopback = new Set(["127.0.0.1", "::1", "localhost"]);

function contradictions(config: Config): string[] {
  const found: string[] = [];
  if (!loopback.has(config.host) && config.adminToken === null) {
    found.push(`FULLTIME_HOST=${config.host}: binding beyond loopback needs FULLTIME_ADMIN_TOKEN`);
  }
  const missing = roles.filter((role) => !config.roles.includes(role) && role !== "http");
  if (config.clock === "simulated" && missing.length > 0) {
    found.push(`FULLTIME_ROLES=${config.roles.join(",")}: a simulated clock needs all roles, missing ${missing.join(", ")}`);
  }
  if (config.natsUrl === null && config.replicas > 1) {
    found.push(`FULLTIME_REPLICAS=${config.replicas}: an embedded server keeps one copy; set FULLTIME_NATS_URL to a cluster`);
  }
  if (config.competitions.length > 1) {
    found.push(`FULLTIME_COMPETITIONS=${config.competitions.join(",")}: the archive plays one competition at a time`);
  }
  return found;
}
