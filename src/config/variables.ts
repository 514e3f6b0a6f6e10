import { resolve } from "node:path";
import { builtInPanel } from "../forecast/built-in-panel.ts";
import { isNetwork } from "../http/access/address.ts";
import type { PrincipalEntry } from "../http/access/principal.ts";
import { defaultPolicy, type Policy } from "../match/policy.ts";
import { liveSources } from "../sources/competitions.ts";
import { whyNoEndpoint } from "./endpoint-url.ts";
import { type PanelMember, readPanel } from "./panel.ts";
import { readPolicy } from "./policy.ts";
import { readPrincipals } from "./principals.ts";

export const roles = [
  "dispatch",
  "poll",
  "analyse",
  "lineups",
  "predict",
  "settle",
  "intake",
  "alert",
  "http",
] as const;
export type Role = (typeof roles)[number];

/** One environment variable: what it is for, what it is without one, how its text is read. */
export interface Variable<T> {
  name: string;
  about: string;
  /** May follow from the variables before it. */
  fallback: string | ((values: Readonly<Record<string, unknown>>) => string);
  secret?: true;
  /** Throws `Mistake`: what would be right, one line each. */
  read(text: string): T;
}

/** What would be right instead of the text that was given. */
export class Mistake extends Error {}

function wrong(right: string): never {
  throw new Mistake(right);
}

function oneOf<T extends string>(values: readonly T[]): (text: string) => T {
  return (text) => values.find((value) => value === text) ?? wrong(`must be ${values.join(" or ")}`);
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : wrong(`must be a whole number from ${min} to ${max}`);
  };
}

const list = (text: string) =>
  text
    .split(",")
    .map((it) => it.trim())
    .filter((it) => it !== "");

function isPostable(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}

function listOf(item: { test(text: string): boolean }, right: string): (text: string) => string[] {
  return (text) => (list(text).every((it) => item.test(it)) ? list(text) : wrong(right));
}

/** Where fixtures and results come from; `archive` is played, the others are followed. */
export const sourceNames = ["archive", ...liveSources] as const;
export type SourceName = (typeof sourceNames)[number];

function isSourceUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url === null || !/^https?:$/.test(url.protocol) || (url.username === "" && url.password === "");
}

/** Every setting of a node, by its name in `Config`. */
export const variables = {
  natsUrl: {
    name: "FULLTIME_NATS_URL",
    about: "NATS server to use; none: an embedded one",
    fallback: "",
    read: (text) => {
      if (text === "") return null;
      const urls = list(text);
      return urls.length > 0 && urls.every((url) => /^(nats|tls|ws|wss):\/\/[^\s/]+$/.test(url))
        ? text
        : wrong("must be like nats://host:4222, several by comma");
    },
  } satisfies Variable<string | null>,
  natsCreds: {
    name: "FULLTIME_NATS_CREDS",
    about: "credentials file for that server",
    fallback: "",
    read: (text) => text || null,
  } satisfies Variable<string | null>,
  dataDir: {
    name: "FULLTIME_DATA_DIR",
    about: "where this node keeps its log and read model",
    fallback: "./data",
    read: (text) => resolve(text),
  } satisfies Variable<string>,
  host: {
    name: "FULLTIME_HOST",
    about: "address the HTTP server binds",
    fallback: "127.0.0.1",
    read: (text) => (/^[\w.:-]+$/.test(text) ? text : wrong("must be an address or a host name")),
  } satisfies Variable<string>,
  port: {
    name: "FULLTIME_PORT",
    about: "its port; 0 takes a free one",
    fallback: "4600",
    read: wholeNumber(0, 65_535),
  } satisfies Variable<number>,
  adminToken: {
    name: "FULLTIME_ADMIN_TOKEN",
    about: "bearer token of the admin routes; none: they answer on loopback only",
    fallback: "",
    secret: true,
    read: (text) =>
      text === ""
        ? null
        : text.length >= 16 && !/\s/.test(text)
          ? text
          : wrong("must have at least 16 characters and no white space"),
  } satisfies Variable<string | null>,
  principals: {
    name: "FULLTIME_PRINCIPALS",
    about: "JSON file of who else has a token; fulltime token new adds to it",
    fallback: "",
    read: (text): readonly PrincipalEntry[] => {
      if (text === "") return [];
      const read = readPrincipals(text);
      return "principals" in read ? read.principals : wrong(read.mistakes.join("\n"));
    },
  } satisfies Variable<readonly PrincipalEntry[]>,
  allowedHosts: {
    name: "FULLTIME_ALLOWED_HOSTS",
    about: "names this node is reached by, besides loopback and FULLTIME_HOST",
    fallback: "",
    read: listOf(/^(?:[\w.-]+|\[?[0-9a-f:.]+\]?)$/i, "must be host names or addresses without port, by comma"),
  } satisfies Variable<string[]>,
  trustedProxies: {
    name: "FULLTIME_TRUSTED_PROXIES",
    about: "addresses and networks whose X-Forwarded-For is believed",
    fallback: "",
    read: listOf({ test: isNetwork }, "must be addresses or networks like 10.0.0.0/8, by comma"),
  } satisfies Variable<string[]>,
  corsOrigins: {
    name: "FULLTIME_CORS_ORIGINS",
    about: "origins whose pages may ask; none: its own alone",
    fallback: "",
    read: listOf(
      {
        test: (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text,
      },
      "must be origins like https://console.example, by comma",
    ),
  } satisfies Variable<string[]>,
  source: {
    name: "FULLTIME_SOURCE",
    about: "where fixtures and results come from",
    fallback: "archive",
    read: oneOf(sourceNames),
  } satisfies Variable<SourceName>,
  sourceUrl: {
    name: "FULLTIME_SOURCE_URL",
    about: "another address than the provider's; for openfootball a directory or a file too",
    fallback: "",
    // A key has a variable of its own; in an address it would be shown.
    read: (text) =>
      isSourceUrl(text) ? text.replace(/(?<=.)\/+$/, "") || null : wrong("must have no user and password"),
  } satisfies Variable<string | null>,
  sourceKey: {
    name: "FULLTIME_SOURCE_KEY",
    about: "the key that football-data or api-football gave you",
    fallback: "",
    secret: true,
    read: (text) => (/\s/.test(text) ? wrong("must have no white space") : text || null),
  } satisfies Variable<string | null>,
  competitions: {
    name: "FULLTIME_COMPETITIONS",
    about: "competitions to follow, our ids or the provider's codes",
    fallback: "",
    read: list,
  } satisfies Variable<string[]>,
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
    read: (text): readonly PanelMember[] => {
      if (text === "") return builtInPanel;
      const read = readPanel(text);
      return "members" in read ? read.members : wrong(read.mistakes.join("\n"));
    },
  } satisfies Variable<readonly PanelMember[]>,
  llmUrl: {
    name: "FULLTIME_LLM_URL",
    about: "where language models are asked, the base before /chat/completions; a member's url goes before it",
    fallback: "",
    read: (text) => {
      if (text === "") return null;
      const wrongly = whyNoEndpoint(text);
      return wrongly === null ? text.replace(/\/+$/, "") : wrong(wrongly);
    },
  } satisfies Variable<string | null>,
  llmKey: {
    name: "FULLTIME_LLM_KEY",
    about: "key of the language models whose member names no keyEnv",
    fallback: "",
    secret: true,
    read: (text) => text || null,
  } satisfies Variable<string | null>,
  clock: {
    name: "FULLTIME_CLOCK",
    about: "wall, or simulated (the archive's default)",
    fallback: ({ source }) => (source === "archive" ? "simulated" : "wall"),
    read: oneOf(["wall", "simulated"] as const),
  } satisfies Variable<"wall" | "simulated">,
  roles: {
    name: "FULLTIME_ROLES",
    about: "what this node runs",
    fallback: roles.join(","),
    read: (text): Role[] => {
      const chosen = list(text);
      const unknown = chosen.filter((it) => !(roles as readonly string[]).includes(it));
      return unknown.length === 0 && chosen.length > 0
        ? ([...new Set(chosen)] as Role[])
        : wrong(`must be some of ${roles.join(",")}`);
    },
  } satisfies Variable<Role[]>,
  replicas: {
    name: "FULLTIME_REPLICAS",
    about: "copies of the log on a cluster",
    fallback: "1",
    read: (text) => (["1", "3", "5"].includes(text) ? Number(text) : wrong("must be 1, 3 or 5")),
  } satisfies Variable<number>,
  logLevel: {
    name: "FULLTIME_LOG_LEVEL",
    about: "least severe log line",
    fallback: "warn",
    read: oneOf(["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const),
  } satisfies Variable<string>,
  alertUrl: {
    name: "FULLTIME_ALERT_URL",
    about: "where critical and missed gaps are posted, and their end; none: only logged",
    fallback: "",
    read: (text) =>
      text === "" || isPostable(text)
        ? text || null
        : wrong("must be an http or https address without user and password"),
  } satisfies Variable<string | null>,
  alertSecret: {
    name: "FULLTIME_ALERT_SECRET",
    about: "signs those posts",
    fallback: "",
    secret: true,
    read: (text) => (text === "" ? null : text.length >= 16 ? text : wrong("must have at least 16 characters")),
  } satisfies Variable<string | null>,
  cacheDir: {
    name: "FULLTIME_CACHE_DIR",
    about: "where a fetched nats-server is kept; none: the user's cache directory",
    fallback: "",
    read: (text) => (text === "" ? null : resolve(text)),
  } satisfies Variable<string | null>,
};
