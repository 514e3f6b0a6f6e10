import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { wallClock } from "../../src/clock.ts";
import { startFootballData } from "../support/football-data-server.ts";
import { runningNode, startFulltime } from "../support/node-process.ts";
import { footballDataMatch, presentSeason } from "../support/provider-match.ts";
import { tempDir } from "../support/temp.ts";
import { until } from "../support/until.ts";

const second = 1000;
const minute = 60 * second;
const key = "canary-key-0123456789";

interface Listed {
  matches: { id: string; status: string }[];
}

it("a key in .env, and `fulltime run` follows a real competition: fixtures, line-ups, predictions, results, points", {
  timeout: 120 * second,
}, async ({ signal }) => {
  const server = await startFootballData({ key, limit: { count: 10, windowMs: minute } });
  onTestFinished(() => server.down());
  const now = wallClock.now();
  const soon = footballDataMatch({ number: 2, pairing: 11, kickoff: now + 20 * minute });
  const over = footballDataMatch({ number: 1, pairing: 0, kickoff: now - 3 * 60 * minute });
  const played = { ...over, status: "IN_PLAY", score: { ...over.score, fullTime: { home: 1, away: 1 } } };
  server.lists.set(presentSeason.footballData, [played, soon]);
  const lineup = (team: string) => Array.from({ length: 11 }, (_, i) => ({ id: i, name: `${team} ${i}` }));
  server.details.set(2, {
    ...soon,
    homeTeam: { ...soon.homeTeam, lineup: lineup("home") },
    awayTeam: { ...soon.awayTeam, lineup: lineup("away") },
  });

  const dir = tempDir();
  writeFileSync(join(dir, "policy.json"), JSON.stringify({ resultEvery: "8s" }));
  writeFileSync(
    join(dir, ".env"),
    [
      "FULLTIME_SOURCE=football-data",
      `FULLTIME_SOURCE_URL=${server.url}`,
      `FULLTIME_SOURCE_KEY=${key}`,
      "FULLTIME_COMPETITIONS=BL1",
      "FULLTIME_POLICY=./policy.json",
      "FULLTIME_LOG_LEVEL=trace",
    ].join("\n"),
  );
  const data = join(dir, "data");
  const run = startFulltime(dir, ["run"], { FULLTIME_DATA_DIR: data });
  onTestFinished(async () => {
    run.child.kill("SIGTERM");
    await run.ended;
  });
  const url = await until(() => runningNode(data)?.http ?? null, signal);
  const matches = async () => ((await (await fetch(`${url}/api/matches`)).json()) as Listed).matches;
  const idOf = (list: Listed["matches"], part: string) => list.find(({ id }) => id.includes(part))?.id ?? null;

  const dortmundFrankfurt = await until(async () => idOf(await matches(), "dortmund-eintracht"), signal);
  const life = async (id: string) => {
    const { events } = (await (await fetch(`${url}/api/matches/${id}/events`)).json()) as {
      events: { type: string }[];
    };
    return events.map(({ type }) => type);
  };
  const ahead = await until(async () => {
    const types = await life(dortmundFrankfurt);
    return types.includes("match.predicted") ? types : null;
  }, signal);
  expect(ahead).toContain("match.lineups");

  Object.assign(played, { status: "FINISHED", score: { duration: "REGULAR", fullTime: { home: 2, away: 1 } } });
  const bayern = idOf(await matches(), "bayern") ?? "";
  await until(async () => ((await life(bayern)).includes("match.settled") ? true : null), signal);
  run.child.kill("SIGTERM");
  expect(await run.ended).toMatchObject({ code: 0 });
  expect(
    Math.max(
      0,
      ...server.asked.map(({ at }) => server.asked.filter((it) => it.at >= at && it.at < at + minute).length),
    ),
  ).toBeLessThanOrEqual(10);

  // The key stands in .env and nowhere else.
  expect(run.stdout() + run.stderr()).not.toContain(key);
  for (const file of readdirSync(data, { recursive: true, encoding: "utf8" })) {
    const path = join(data, file);
    if (statSync(path).isFile()) expect(readFileSync(path).includes(key)).toBe(false);
  }
});
