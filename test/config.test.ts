import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { ConfigMistakes, readConfig, roles } from "../src/config.ts";
import { builtInPanel } from "../src/forecast/built-in-panel.ts";
import { defaultPolicy } from "../src/match/policy.ts";
import { jsonFile } from "./support/file.ts";

type Environment = Record<string, string>;

function mistakesOf(environment: Environment, dotenv: Environment = {}): readonly string[] {
  try {
    readConfig(environment, dotenv);
    return [];
  } catch (error) {
    if (error instanceof ConfigMistakes) return error.mistakes;
    throw error;
  }
}

const reader = { name: "reader", scope: "read", token: `sha256:${"0".repeat(64)}` };
const principals = () => jsonFile({ principals: [reader] });

const configOf = (environment: Environment) => readConfig(environment).config;
const settingOf = (name: string, environment: Environment, dotenv: Environment = {}) =>
  readConfig(environment, dotenv).settings.find((setting) => setting.name === name);

describe("without an environment", () => {
  test("the defaults are in force", () => {
    expect(configOf({})).toEqual({
      natsUrl: null,
      natsCreds: null,
      dataDir: resolve("data"),
      host: "127.0.0.1",
      port: 4600,
      adminToken: null,
      principals: [],
      allowedHosts: [],
      trustedProxies: [],
      corsOrigins: [],
      source: "archive",
      sourceUrl: null,
      sourceKey: null,
      sourcePerMinute: null,
      competitions: [],
      policy: defaultPolicy,
      panel: builtInPanel,
      llmUrl: null,
      llmKey: null,
      endpoints: {},
      clock: "simulated",
      roles: [...roles],
      replicas: 1,
      logLevel: "warn",
      cacheDir: null,
      alertUrl: null,
      alertSecret: null,
    });
  });

  test("every setting says so", () => {
    for (const setting of readConfig({}).settings) {
      expect(setting).toEqual({ ...setting, origin: "default", about: expect.stringMatching(/\w/) });
    }
  });
});

describe("every variable has its effect", () => {
  test.for([
    ["FULLTIME_NATS_URL", "nats://a:4222,tls://b:4222", { natsUrl: "nats://a:4222,tls://b:4222" }],
    ["FULLTIME_NATS_CREDS", "/etc/nats.creds", { natsCreds: "/etc/nats.creds" }],
    ["FULLTIME_DATA_DIR", "elsewhere", { dataDir: resolve("elsewhere") }],
    ["FULLTIME_HOST", "::1", { host: "::1" }],
    ["FULLTIME_PORT", "0", { port: 0 }],
    ["FULLTIME_ADMIN_TOKEN", "0123456789abcdef", { adminToken: "0123456789abcdef" }],
    ["FULLTIME_ALLOWED_HOSTS", "fulltime.example, 10.0.0.7", { allowedHosts: ["fulltime.example", "10.0.0.7"] }],
    ["FULLTIME_CORS_ORIGINS", "https://console.example", { corsOrigins: ["https://console.example"] }],
    ["FULLTIME_SOURCE", "archive", { source: "archive" }],
    ["FULLTIME_SOURCE_KEY", "k", { sourceKey: "k" }],
    ["FULLTIME_SOURCE_PER_MINUTE", "30", { sourcePerMinute: 30 }],
    ["FULLTIME_COMPETITIONS", "BL1", { competitions: ["BL1"] }],
    ["FULLTIME_CLOCK", "wall", { clock: "wall" }],
    ["FULLTIME_ROLES", roles.toReversed().join(", "), { roles: roles.toReversed() }],
    ["FULLTIME_ROLES", `${roles.join(",")},poll`, { roles: [...roles] }],
    ["FULLTIME_LOG_LEVEL", "debug", { logLevel: "debug" }],
    ["FULLTIME_CACHE_DIR", "cache", { cacheDir: resolve("cache") }],
  ] as const)("%s=%s", ([name, value, config]) => {
    expect(configOf({ [name]: value })).toMatchObject(config);
  });

  test("FULLTIME_REPLICAS on a cluster", () => {
    expect(configOf({ FULLTIME_REPLICAS: "3", FULLTIME_NATS_URL: "nats://a:4222" }).replicas).toBe(3);
  });

  test("FULLTIME_ALERT_URL and FULLTIME_ALERT_SECRET", () => {
    const environment = {
      FULLTIME_ALERT_URL: "https://ops.example/hook?a=1",
      FULLTIME_ALERT_SECRET: "0123456789abcdef",
    };
    expect(configOf(environment)).toMatchObject({
      alertUrl: "https://ops.example/hook?a=1",
      alertSecret: "0123456789abcdef",
    });
    expect(settingOf("FULLTIME_ALERT_SECRET", environment)?.value).toBe("********");
    expect(settingOf("FULLTIME_ALERT_URL", environment)?.value).toBe("https://ops.example/hook?********");
  });

  test("FULLTIME_POLICY", () => {
    expect(configOf({ FULLTIME_POLICY: jsonFile({ waveEvery: "2s" }) }).policy).toEqual({
      ...defaultPolicy,
      waveEvery: 2000,
    });
  });

  test("FULLTIME_PRINCIPALS", () => {
    expect(configOf({ FULLTIME_PRINCIPALS: principals() }).principals).toEqual([reader]);
  });

  test("FULLTIME_TRUSTED_PROXIES", () => {
    const environment = { FULLTIME_TRUSTED_PROXIES: "10.0.0.0/8, ::1", FULLTIME_ADMIN_TOKEN: "0123456789abcdef" };
    expect(configOf(environment).trustedProxies).toEqual(["10.0.0.0/8", "::1"]);
  });

  test("FULLTIME_PANEL", () => {
    expect(configOf({ FULLTIME_PANEL: jsonFile({ members: [{ name: "one", family: "elo" }] }) }).panel).toHaveLength(1);
  });
});

describe("where a value comes from", () => {
  test("the environment goes before .env, and .env before the default", () => {
    const name = "FULLTIME_PORT";
    expect(settingOf(name, { [name]: "1" }, { [name]: "2" })).toMatchObject({ value: "1", origin: "environment" });
    expect(settingOf(name, {}, { [name]: "2" })).toMatchObject({ value: "2", origin: ".env" });
    expect(settingOf(name, {})).toMatchObject({ value: "4600", origin: "default" });
  });

  test("a variable set to nothing is the default, and is shown as such", () => {
    const name = "FULLTIME_PORT";
    expect(settingOf(name, { [name]: " " }, { [name]: "2" })).toMatchObject({ value: "4600", origin: "default" });
    expect(readConfig({ [name]: "" }, { [name]: "2" }).config.port).toBe(4600);
  });

  test("secrets are masked", () => {
    const token = "0123456789abcdef";
    expect(settingOf("FULLTIME_ADMIN_TOKEN", { FULLTIME_ADMIN_TOKEN: token })?.value).toBe("********");
    expect(settingOf("FULLTIME_ADMIN_TOKEN", {})?.value).toBe("");
    const url = "nats://me:secret@a:4222,nats://b:4222";
    expect(settingOf("FULLTIME_NATS_URL", { FULLTIME_NATS_URL: url })?.value).toBe(
      "nats://********@a:4222,nats://b:4222",
    );
  });
});

describe("a mistake is one line: variable, value, what would be right", () => {
  test.for([
    ["FULLTIME_NATS_URL", "localhost", "FULLTIME_NATS_URL=localhost: must be like nats://host:4222, several by comma"],
    ["FULLTIME_HOST", "a b", "FULLTIME_HOST=a b: must be an address or a host name"],
    ["FULLTIME_PORT", "65536", "FULLTIME_PORT=65536: must be a whole number from 0 to 65535"],
    ["FULLTIME_PORT", "1e3", "FULLTIME_PORT=1e3: must be a whole number from 0 to 65535"],
    [
      "FULLTIME_ALLOWED_HOSTS",
      "http://a:1",
      "FULLTIME_ALLOWED_HOSTS=http://a:1: must be host names or addresses without port, by comma",
    ],
    [
      "FULLTIME_TRUSTED_PROXIES",
      "10.0.0.0/33",
      "FULLTIME_TRUSTED_PROXIES=10.0.0.0/33: must be addresses or networks like 10.0.0.0/8, by comma",
    ],
    ["FULLTIME_CORS_ORIGINS", "*", "FULLTIME_CORS_ORIGINS=*: must be origins like https://console.example, by comma"],
    [
      "FULLTIME_CORS_ORIGINS",
      "https://a/",
      "FULLTIME_CORS_ORIGINS=https://a/: must be origins like https://console.example, by comma",
    ],
    [
      "FULLTIME_SOURCE",
      "espn",
      "FULLTIME_SOURCE=espn: must be archive or openfootball or football-data or api-football",
    ],
    ["FULLTIME_SOURCE_PER_MINUTE", "0", "FULLTIME_SOURCE_PER_MINUTE=0: must be a whole number from 1 to 1000"],
    ["FULLTIME_SOURCE_PER_MINUTE", "1.5", "FULLTIME_SOURCE_PER_MINUTE=1.5: must be a whole number from 1 to 1000"],
    ["FULLTIME_CLOCK", "sundial", "FULLTIME_CLOCK=sundial: must be wall or simulated"],
    ["FULLTIME_ROLES", "poll,keeper", `FULLTIME_ROLES=poll,keeper: must be some of ${roles.join(",")}`],
    ["FULLTIME_ROLES", ",", `FULLTIME_ROLES=,: must be some of ${roles.join(",")}`],
    ["FULLTIME_REPLICAS", "2", "FULLTIME_REPLICAS=2: must be 1, 3 or 5"],
    [
      "FULLTIME_LOG_LEVEL",
      "loud",
      "FULLTIME_LOG_LEVEL=loud: must be trace or debug or info or warn or error or fatal or silent",
    ],
    [
      "FULLTIME_ALERT_URL",
      "ops.example/hook",
      "FULLTIME_ALERT_URL=ops.example/hook: must be an http or https address without user and password",
    ],
    ["FULLTIME_DATADIR", "x", "FULLTIME_DATADIR: there is no such setting; see fulltime config"],
  ] as const)("%s=%s", ([name, value, line]) => {
    expect(mistakesOf({ [name]: value })).toEqual([line]);
    expect(mistakesOf({}, { [name]: value })).toEqual([line]);
  });

  test("a secret's value is never told", () => {
    expect(mistakesOf({ FULLTIME_ADMIN_TOKEN: "hunter2" })).toEqual([
      "FULLTIME_ADMIN_TOKEN: must have at least 16 characters and no white space",
    ]);
    expect(mistakesOf({ FULLTIME_NATS_URL: "nats://me:hunter2@a/b" }).join()).not.toContain("hunter2");
    expect(mistakesOf({ FULLTIME_ALERT_SECRET: "hunter2" })).toEqual([
      "FULLTIME_ALERT_SECRET: must have at least 16 characters",
    ]);
    expect(mistakesOf({ FULLTIME_ALERT_URL: "http://me:hunter2@a/b" })).toEqual([
      "FULLTIME_ALERT_URL=http://********@a/b: must be an http or https address without user and password",
    ]);
  });

  test("a key that no request could carry is one, and not told", () => {
    const why = "holds characters that no HTTP header can carry: paste it again";
    for (const key of ["hunter\u20132", "\u043aey", "a\u0000b", "a\u0081b"]) {
      expect(mistakesOf({ FULLTIME_SOURCE_KEY: key })).toEqual([`FULLTIME_SOURCE_KEY: ${why}`]);
      expect(mistakesOf({ FULLTIME_LLM_KEY: key })).toEqual([`FULLTIME_LLM_KEY: ${why}`]);
      const member = { name: "one", family: "llm", model: "m", url: "http://own", keyEnv: "OWN_KEY" };
      const panel = jsonFile({ members: [member] });
      expect(mistakesOf({ FULLTIME_PANEL: panel, OWN_KEY: key })).toEqual([
        `FULLTIME_PANEL=${panel}: member one: keyEnv "OWN_KEY": it ${why}`,
      ]);
    }
    expect(mistakesOf({ FULLTIME_SOURCE_KEY: "caf\u00e9~!" })).toEqual([]);
  });

  test("what an address may hide is not told either", () => {
    expect(mistakesOf({ FULLTIME_SOURCE_URL: "https://relay.example/v4?token=hunter2" })).toEqual([
      "FULLTIME_SOURCE_URL=https://relay.example/v4?********: must have no query and no fragment: a key goes into FULLTIME_SOURCE_KEY",
    ]);
    expect(mistakesOf({ FULLTIME_LLM_URL: "https://llm.example/v1?key=hunter2" })).toEqual([
      "FULLTIME_LLM_URL=https://llm.example/v1?********: must not have a query or fragment",
    ]);
    const names = ["FULLTIME_SOURCE_URL", "FULLTIME_LLM_URL", "FULLTIME_ALERT_URL", "FULLTIME_NATS_URL"];
    for (const name of names)
      for (const url of [
        "https://h/p?a=1,hunter2",
        "https://h/p#hunter2",
        "https://me:x@hunter2@h",
        "https://me:x/hunter2@h",
        "https://me:x?hunter2@h",
        "http:/h?hunter2",
        "ftp://h?hunter2",
      ]) {
        const environment = { [name]: url, FULLTIME_SOURCE: "football-data", FULLTIME_SOURCE_KEY: "key" };
        expect(mistakesOf(environment).join(), url).not.toContain("hunter2");
      }
  });

  test("those of a policy or panel file name the file too", () => {
    const policy = jsonFile({ pollEvry: "3h", attempts: 0 });
    const panel = jsonFile({ members: [{ name: "one", family: "x" }] });
    expect(mistakesOf({ FULLTIME_POLICY: policy, FULLTIME_PANEL: panel })).toEqual([
      expect.stringMatching(`^FULLTIME_POLICY=${policy}: attempts 0: `),
      expect.stringMatching(`^FULLTIME_POLICY=${policy}: unknown key "pollEvry"`),
      expect.stringMatching(`^FULLTIME_PANEL=${panel}: member one: family "x" does not exist`),
    ]);
  });

  test("several are told at once, and the error's message holds them all", () => {
    const environment = { FULLTIME_PORT: "x", FULLTIME_CLOCK: "y", FULLTIME_TYPO: "z" };
    const mistakes = mistakesOf(environment);
    expect(mistakes).toHaveLength(3);
    expect(() => readConfig(environment)).toThrow(mistakes.join("\n"));
  });

  test("names of others are none", () => {
    expect(mistakesOf({ PATH: "/bin", FULL_TIME: "x" })).toEqual([]);
  });
});

describe("a language model's address and key", () => {
  const oracle = { name: "oracle", family: "llm", model: "vendor/oracle" };
  const panelOf = (...changes: object[]) =>
    jsonFile({ members: changes.map((change, at) => ({ ...oracle, name: `oracle-${at}`, ...change })) });

  test("are its own, or the installation's", () => {
    const FULLTIME_PANEL = panelOf({}, { url: "http://own/v1", keyEnv: "OWN_KEY" }, { keyEnv: "OTHER_KEY" });
    const environment = {
      FULLTIME_PANEL,
      FULLTIME_LLM_URL: "https://all/v1/",
      FULLTIME_LLM_KEY: "shared",
      OWN_KEY: "own",
    };
    expect(readConfig(environment, { OTHER_KEY: "from .env" }).config.endpoints).toEqual({
      "oracle-0": { url: "https://all/v1", key: "shared" },
      "oracle-1": { url: "http://own/v1", key: "own" },
      "oracle-2": { url: "https://all/v1", key: "from .env" },
    });
  });

  test("without a key there is none", () => {
    const environment = { FULLTIME_PANEL: panelOf({ url: "http://own" }) };
    expect(configOf(environment).endpoints).toEqual({ "oracle-0": { url: "http://own", key: null } });
  });

  test("that are missing are told by member and field", () => {
    const FULLTIME_PANEL = panelOf({}, { url: "http://own", keyEnv: "NO_KEY" });
    expect(mistakesOf({ FULLTIME_PANEL })).toEqual([
      `FULLTIME_PANEL=${FULLTIME_PANEL}: member oracle-0: url: it needs one, as FULLTIME_LLM_URL is not set`,
      `FULLTIME_PANEL=${FULLTIME_PANEL}: member oracle-1: keyEnv "NO_KEY": it is not set`,
    ]);
  });

  test("an address that is none is a mistake, and the key is never shown", () => {
    expect(mistakesOf({ FULLTIME_LLM_URL: "https://h/v1/chat/completions" })).toEqual([
      "FULLTIME_LLM_URL=https://h/v1/chat/completions: must be the base before /chat/completions",
    ]);
    expect(settingOf("FULLTIME_LLM_KEY", { FULLTIME_LLM_KEY: "canary" })?.value).toBe("********");
  });
});

describe("a live source", () => {
  const live = (more: Record<string, string>) => ({ FULLTIME_SOURCE: "openfootball", ...more });

  test("is followed on the wall clock, at its own address or another", () => {
    expect(configOf(live({}))).toMatchObject({ source: "openfootball", clock: "wall", sourceUrl: null });
    expect(settingOf("FULLTIME_CLOCK", live({}))).toMatchObject({ value: "wall", origin: "default" });
    expect(configOf(live({ FULLTIME_SOURCE_URL: "http://files.example/json/" })).sourceUrl).toBe(
      "http://files.example/json",
    );
    expect(configOf(live({ FULLTIME_SOURCE_URL: "../football.json" })).sourceUrl).toBe("../football.json");
    expect(mistakesOf(live({ FULLTIME_CLOCK: "simulated" }))).toEqual([
      "FULLTIME_CLOCK=simulated: openfootball tells what is so now, which a simulated clock does not share; take wall, the archive, or fulltime source replay",
    ]);
  });

  test("takes its own codes and our ids for competitions, several at a time", () => {
    expect(mistakesOf(live({ FULLTIME_COMPETITIONS: "en.1,bl1" }))).toEqual([]);
    expect(mistakesOf(live({ FULLTIME_COMPETITIONS: "en.1,PL,xx" }))).toEqual([
      "FULLTIME_COMPETITIONS=en.1,PL,xx: openfootball has no PL, xx here; it has en.1, en.2, de.1, it.1, es.1, fr.1, at.1",
    ]);
  });

  test("with a key needs one, which is never shown, and an address that is one", () => {
    const environment = {
      FULLTIME_SOURCE: "football-data",
      FULLTIME_SOURCE_KEY: "canary",
      FULLTIME_SOURCE_URL: "there",
    };
    expect(mistakesOf(environment)).toEqual(["FULLTIME_SOURCE_URL=there: must be an http or https address"]);
    expect(settingOf("FULLTIME_SOURCE_KEY", { FULLTIME_SOURCE_KEY: "canary" })?.value).toBe("********");
    expect(mistakesOf({ FULLTIME_SOURCE: "api-football" })).toEqual([
      "FULLTIME_SOURCE_KEY: api-football gives each of its users a key; set it here",
    ]);
    expect(mistakesOf(live({ FULLTIME_SOURCE_URL: "https://me:canary@files.example" }))).toEqual([
      "FULLTIME_SOURCE_URL=https://********@files.example: must have no user and password",
    ]);
  });
});

describe("what contradicts itself is refused", () => {
  test("a host beyond loopback without a token", () => {
    expect(mistakesOf({ FULLTIME_HOST: "0.0.0.0" })).toEqual([
      "FULLTIME_HOST=0.0.0.0: binding beyond loopback needs FULLTIME_ADMIN_TOKEN or FULLTIME_PRINCIPALS",
    ]);
    expect(mistakesOf({ FULLTIME_HOST: "0.0.0.0", FULLTIME_ADMIN_TOKEN: "0123456789abcdef" })).toEqual([]);
    expect(mistakesOf({ FULLTIME_HOST: "0.0.0.0", FULLTIME_PRINCIPALS: principals() })).toEqual([]);
    expect(mistakesOf({ FULLTIME_HOST: "localhost" })).toEqual([]);
  });

  test("a trusted proxy without a token: everybody would come from this machine", () => {
    expect(mistakesOf({ FULLTIME_TRUSTED_PROXIES: "127.0.0.1" })).toEqual([
      "FULLTIME_TRUSTED_PROXIES=127.0.0.1: behind a proxy everybody's requests come from its address, so it needs FULLTIME_ADMIN_TOKEN or FULLTIME_PRINCIPALS",
    ]);
  });

  test("an address for alerts without the secret that signs them", () => {
    expect(mistakesOf({ FULLTIME_ALERT_URL: "https://ops.example/hook/canary" })).toEqual([
      "FULLTIME_ALERT_URL=https://ops.example/...: posts are signed: set FULLTIME_ALERT_SECRET, at least 16 characters",
    ]);
    expect(mistakesOf({ FULLTIME_ALERT_SECRET: "0123456789abcdef" })).toEqual([]);
  });

  test("a simulated clock without all roles; http may be left out", () => {
    const some = roles.filter((role) => role !== "settle" && role !== "http").join(",");
    expect(mistakesOf({ FULLTIME_ROLES: some })).toEqual([
      `FULLTIME_ROLES=${some}: a simulated clock needs all roles, missing settle`,
    ]);
    expect(mistakesOf({ FULLTIME_ROLES: some, FULLTIME_CLOCK: "wall" })).toEqual([]);
    expect(mistakesOf({ FULLTIME_ROLES: roles.filter((role) => role !== "http").join(",") })).toEqual([]);
  });

  test("several copies of an embedded server's log", () => {
    expect(mistakesOf({ FULLTIME_REPLICAS: "3" })).toEqual([
      "FULLTIME_REPLICAS=3: an embedded server keeps one copy; set FULLTIME_NATS_URL to a cluster",
    ]);
  });

  test("two competitions of the archive", () => {
    expect(mistakesOf({ FULLTIME_COMPETITIONS: "PL,BL1" })).toEqual([
      "FULLTIME_COMPETITIONS=PL,BL1: the archive plays one competition at a time",
    ]);
  });
});

test("the configuration is frozen, all the way down", () => {
  const config = configOf({ FULLTIME_PORT: "1" });
  const changed = config as unknown as { port: number; roles: string[]; policy: { due: { analyse: number } } };
  expect(() => (changed.port = 2)).toThrow(TypeError);
  expect(() => changed.roles.push("x")).toThrow(TypeError);
  expect(() => (changed.policy.due.analyse = 1)).toThrow(TypeError);
});
