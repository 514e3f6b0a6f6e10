import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { wallClock } from "../src/clock.ts";
import { ConfigMistakes, readConfig } from "../src/config.ts";
import { knownIn, openSource, type SourceChoice } from "../src/open-source.ts";
import { nothingKnown } from "../src/sources/known.ts";
import { history } from "./support/history.ts";
import { manualClock } from "./support/manual-clock.ts";
import { testNode } from "./support/node.ts";
import { file, sixClubs } from "./support/openfootball.ts";
import { tempDir } from "./support/temp.ts";

const now = Date.parse("2025-10-01T12:00:00Z");
const window = { from: null, to: now + 48 * 60 * 60 * 1000 };
const signal = new AbortController().signal;

async function open(environment: Record<string, string>, choice: Partial<SourceChoice> = {}) {
  const { config } = readConfig(environment);
  const opened = await openSource({ config, known: nothingKnown, clock: wallClock, ...choice });
  onTestFinished(() => opened.close?.());
  return opened;
}

const openfootball = (place: string, competitions = "de.1") => ({
  FULLTIME_SOURCE: "openfootball",
  FULLTIME_SOURCE_URL: place,
  FULLTIME_COMPETITIONS: competitions,
});

function seasons(): string {
  const dir = tempDir();
  mkdirSync(join(dir, "2025-26"));
  writeFileSync(join(dir, "2025-26", "de.1.json"), JSON.stringify(file(sixClubs())));
  return dir;
}

describe("openfootball", () => {
  test("is a directory of seasons, of as many competitions as are named", async () => {
    const { source, season } = await open(openfootball(seasons(), "de.1,pl"));
    expect([source.competitions.map(({ id, code }) => `${id} ${code}`), season]).toEqual([
      ["bl1 de.1", "pl en.1"],
      null,
    ]);
    expect((await source.fixtures("bl1", window, now, signal)).observations).toHaveLength(30);
  });

  test("is one file of one competition, whose season is in its name", async () => {
    const path = join(seasons(), "2025-26", "de.1.json");
    const { source, season } = await open(openfootball(path));
    expect(season).toBe("2025-26");
    expect((await source.fixtures("bl1", window, now, signal)).observations).toHaveLength(30);
    await expect(open(openfootball(path, "de.1,en.1"))).rejects.toThrow("one file has one competition");
    writeFileSync(path, JSON.stringify(file(sixClubs(), "Some league")));
    await expect(open(openfootball(path))).rejects.toThrow("say it with --season");
    expect((await open(openfootball(path), { season: "2025-26" })).season).toBe("2025-26");
  });

  test("is an address of files as they are; of two seasons one may not be there", async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      const found = request.url === "/raw/2025-26/de.1.json";
      response.writeHead(found ? 200 : 404, { "content-type": "text/plain" });
      response.end(found ? JSON.stringify(file(sixClubs())) : "404: Not Found");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { source } = await open(openfootball(`http://127.0.0.1:${(server.address() as AddressInfo).port}/raw/`));
    const august = Date.parse("2026-08-02T12:00:00Z");
    expect((await source.fixtures("bl1", { from: null, to: august }, august, signal)).observations).toHaveLength(30);
    expect(asked).toEqual(["/raw/2025-26/de.1.json", "/raw/2026-27/de.1.json"]);
    const march = Date.parse("2027-03-02T12:00:00Z");
    await expect(source.fixtures("bl1", { from: march, to: march }, march, signal)).rejects.toMatchObject({
      name: "SourceError",
      category: "permanent",
    });
  });

  test("that is nowhere, or is asked for nothing, is refused by variable", async () => {
    await expect(open(openfootball("/nowhere/at/all"))).rejects.toThrow(
      "FULLTIME_SOURCE_URL=/nowhere/at/all: there is no such directory or file, and it is no http address",
    );
    const none = open(openfootball(tempDir(), ""));
    await expect(none).rejects.toThrow(ConfigMistakes);
    await expect(none).rejects.toThrow("FULLTIME_COMPETITIONS: name what openfootball is to be asked for, of en.1");
    await expect(open(openfootball(tempDir()), { competition: "PL" })).rejects.toThrow(
      "--competition PL: openfootball has en.1",
    );
    for (const season of ["2025", "2025-27", "last"])
      await expect(open(openfootball(tempDir()), { season })).rejects.toThrow(
        `--season ${season}: seasons are like 2025-26`,
      );
    expect((await open(openfootball(tempDir(), ""), { competition: "pl" })).source.competitions).toMatchObject([
      { id: "pl" },
    ]);
  });
});

test.each(["football-data", "api-football"])("%s follows what is on, with its key", async (name) => {
  const environment = { FULLTIME_SOURCE: name, FULLTIME_SOURCE_KEY: "k", FULLTIME_COMPETITIONS: "bl1,pl" };
  const { source, season } = await open(environment);
  expect([source.name, source.competitions.map(({ id }) => id), season]).toEqual([name, ["bl1", "pl"], null]);
  await expect(open(environment, { season: "2024-25" })).rejects.toThrow(
    `--season 2024-25: ${name} follows whichever season is on`,
  );
});

test.each(["openfootball", "football-data", "api-football"] as const)(
  "%s is asked as often a minute as FULLTIME_SOURCE_PER_MINUTE says",
  async (name) => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      response.end(JSON.stringify({ matches: [], response: [], errors: [] }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { source } = await open({
      FULLTIME_SOURCE: name,
      FULLTIME_SOURCE_KEY: "k",
      FULLTIME_SOURCE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      FULLTIME_COMPETITIONS: "bl1",
      FULLTIME_SOURCE_PER_MINUTE: "2",
    });
    const poll = () => source.fixtures("bl1", { from: now, to: now }, now, signal);
    await poll();
    await poll();
    await expect(poll()).rejects.toMatchObject({
      category: "rate-limited",
      message: expect.stringContaining("allows 2 requests a minute"),
    });
    expect(asked).toHaveLength(2);
  },
);

test("the archive is what it was", async () => {
  const { source, season } = await open({}, { competition: "abl", season: "2015-16" });
  expect([source.name, source.competitions[0]?.id, season]).toEqual(["archive", "abl", "2015-16"]);
  await expect(open({}, { competition: "xyz" })).rejects.toMatchObject({ name: "ArchiveChoiceError" });
});

test("what is known is a season of the read model, and nothing before there is one", async () => {
  const it = await testNode({ wall: manualClock(now) });
  await it.write(history("pl-2016-17-a-b").scheduled());
  await it.write(history("pl-2016-17-c-d").scheduled({ season: "2015-16" }));
  const known = knownIn(() => it.node.readModel);
  expect(known.matches("pl", "2016-17").map(({ id }) => id)).toEqual(["pl-2016-17-a-b"]);
  expect(known.matches("pl", "2016-17")[0]?.source?.()).toEqual({ name: "archive", ref: "1" });
  expect(known.matches("bl1", "2016-17")).toEqual([]);
  expect(knownIn(() => null).matches("pl", "2016-17")).toEqual([]);
});
