import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fulltime, startFulltime } from "../support/node-process.ts";
import { tempDir } from "../support/temp.ts";

const lines = (text: string) => text.trim().split("\n");

test("every mistake of the configuration is a line on stderr, exit 2", async () => {
  const run = await startFulltime(tempDir(), ["status"], {
    FULLTIME_PORT: "70000",
    FULLTIME_PROT: "1",
    FULLTIME_ADMIN_TOKEN: "short",
  }).ended;
  expect(run.code).toBe(2);
  expect(run.stdout).toBe("");
  expect(lines(run.stderr)).toHaveLength(3);
  expect(run.stderr).toContain("FULLTIME_PORT=70000: must be a whole number");
  expect(run.stderr).toContain("FULLTIME_PROT: there is no such setting");
  expect(run.stderr).not.toContain("short");
});

test("settings come from .env too, secrets are masked, the origin is told", async () => {
  const dir = tempDir();
  writeFileSync(
    join(dir, ".env"),
    "FULLTIME_COMPETITIONS=BL1\nFULLTIME_NATS_URL=nats://me:hidden@somewhere:4222\nFULLTIME_ADMIN_TOKEN='a-long-enough-secret'\n",
  );
  const run = await fulltime(dir, "config", "--json");
  expect(run.code).toBe(0);
  const { schemaVersion, settings } = JSON.parse(run.stdout) as {
    schemaVersion: number;
    settings: { name: string; value: string; origin: string }[];
  };
  expect(schemaVersion).toBe(1);
  expect(settings).toContainEqual(
    expect.objectContaining({ name: "FULLTIME_COMPETITIONS", value: "BL1", origin: ".env" }),
  );
  expect(settings).toContainEqual(
    expect.objectContaining({ name: "FULLTIME_PORT", value: "0", origin: "environment" }),
  );
  expect(run.stdout).not.toContain("hidden");
  expect(run.stdout).not.toContain("a-long-enough-secret");
});

test("help has examples and goes to stdout; a wrong word or option is exit 2", async () => {
  const dir = tempDir();
  const [help, word, option, choice] = await Promise.all([
    fulltime(dir, "gaps", "--help"),
    fulltime(dir, "gabs"),
    fulltime(dir, "gaps", "--ahead", "soon"),
    fulltime(dir, "run", "--competition", "nowhere"),
  ]);
  expect(help).toMatchObject({ code: 0, stderr: "" });
  expect(help.stdout).toContain("Examples:\n  $ fulltime gaps");
  for (const run of [word, option, choice]) expect(run).toMatchObject({ code: 2, stdout: "" });
  expect(word.stderr).toContain("gaps");
  expect(option.stderr).toContain("48h");
  expect(choice.stderr).toContain('unknown competition "nowhere": the archive has pl');
});

test("where there is nothing yet, each command says what to do and makes no files", async () => {
  const dir = join(tempDir(), "none");
  mkdirSync(dir);
  const data = join(dir, "data");
  const [env, match, status, bad] = await Promise.all(
    [["nats-env"], ["match", "pl-2016-17-a-b"], ["status"], ["match", "Not An Id"]].map(
      (args) => startFulltime(dir, args, { FULLTIME_DATA_DIR: data }).ended,
    ),
  );
  expect(env).toMatchObject({ code: 6, stdout: "" });
  expect(env?.stderr).toContain("FULLTIME_NATS_URL");
  expect(match).toMatchObject({ code: 1, stdout: "" });
  expect(match?.stderr).toContain("holds no MATCHES stream yet");
  expect(status).toMatchObject({ code: 1, stdout: "" });
  expect(bad?.code).toBe(2);
  const doctor = await startFulltime(dir, ["doctor"], { FULLTIME_DATA_DIR: data }).ended;
  expect(doctor.stdout).toContain("will be made at the first start");
});

test("an address where no NATS answers is exit 6", async () => {
  const run = await startFulltime(tempDir(), ["match", "pl-2016-17-a-b"], {
    FULLTIME_NATS_URL: "nats://me:hidden@127.0.0.1:1",
  }).ended;
  expect(run.code).toBe(6);
  expect(run.stderr).toContain("NATS does not answer at nats://********@127.0.0.1:1");
});
