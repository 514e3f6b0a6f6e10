import { resolve } from "node:path";
import { defaultPolicy, type Policy } from "../../match/policy.ts";
import { readPolicy } from "../policy.ts";
import { list, oneOf, type Variable, wrong } from "./variable.ts";

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

/** Where a node's log is. */
export const logVariables = {
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
};

/** What a node does, and how. */
export const nodeVariables = {
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
  cacheDir: {
    name: "FULLTIME_CACHE_DIR",
    about: "where a fetched nats-server is kept; none: the user's cache directory",
    fallback: "",
    read: (text) => (text === "" ? null : resolve(text)),
  } satisfies Variable<string | null>,
};
