import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { wallClock } from "../../../src/clock.ts";
import { createHttp } from "../../../src/http/app.ts";
import { defaultPolicy } from "../../../src/match/policy.ts";
import type { MatchSummary } from "../../../src/projections/listing.ts";
import { startReadModel } from "../../../src/projections/read-model.ts";
import type { MomentShown } from "../../../src/projections/timeline.ts";
import { planted, plantedSeason } from "../../support/console-season.ts";
import { startFulltime } from "../../support/node-process.ts";
import { seededLog } from "../../support/seeded-log.ts";
import { tempDir } from "../../support/temp.ts";

/** Each command is a process that takes its second or two. */
const timeout = 90_000;

/** What a part of a page reads like. */
function textIn(html: string): string {
  return html
    .replace(/<[^>]*>/g, "")
    .replace(/&quot;/g, '"')
    .replace(/\s+/g, " ")
    .trim();
}

test("pages and commands tell the same of one log, on a real server", { timeout }, async () => {
  const { url, log } = await seededLog(plantedSeason());
  const [dataDir, logger] = [tempDir(), pino({ level: "silent" })];
  const readModel = await startReadModel({ dataDir, log, policy: defaultPolicy, clock: wallClock, logger });
  onTestFinished(() => readModel.stop());
  const app = createHttp({
    readModel,
    log,
    clock: wallClock,
    policy: defaultPolicy,
    newId: String,
    logger,
    adminToken: null,
    roster: ["elo"],
  });
  const pageOf = async (path: string) => {
    const html = await (await app.request(path, {}, { incoming: { socket: { remoteAddress: "127.0.0.1" } } })).text();
    expect(html).toContain(`data-sequence="${await log.last()}"`);
    return html.slice(html.indexOf("<main"));
  };
  const told = async <T>(...args: string[]) => {
    const settings = { FULLTIME_NATS_URL: url, FULLTIME_CLOCK: "wall" };
    const { stdout, stderr } = await startFulltime(dataDir, [...args, "--json"], settings).ended;
    expect(stderr).not.toContain("rror");
    return JSON.parse(stdout) as T;
  };

  const list = await pageOf("/matches?purpose=live");
  const { matches } = await told<{ matches: MatchSummary[] }>("matches");
  const rows = list.match(/<tr><th scope="row">.*?<\/tr>/g) ?? [];
  expect(rows.map((row) => /href="\/matches\/([^"]*)"/.exec(row)?.[1])).toEqual(matches.map(({ id }) => id));
  for (const [at, row] of rows.entries()) {
    const match = matches[at];
    const cells = [...row.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(([, cell = ""]) => textIn(cell));
    const score = match?.score == null ? "–" : `${match.score.home}:${match.score.away}`;
    expect([cells[3]?.slice(2), ...cells.slice(4, 6)]).toEqual([match?.status, score, String(match?.predictions)]);
    expect(row).toContain(`datetime="${String(match?.kickoff)}"`);
  }

  for (const id of [planted.late, planted.dismissed, planted.hostile]) {
    const page = await pageOf(`/matches/${id}`);
    const { events } = await told<{ events: MomentShown[] }>("match", id);
    const items = page.match(/<li id="e\d+".*?<\/li>/gs) ?? [];
    const said = items.map((item) => {
      const [, sequence] = /id="e(\d+)"/.exec(item) ?? [];
      const [, actor = "", cause] = /by (\S+) · #\d+(?: from #(\d+))?$/.exec(textIn(item)) ?? [];
      const [, time] = /datetime="([^"]*)"/.exec(item) ?? [];
      return [Number(sequence), time, actor, cause === undefined ? null : Number(cause)];
    });
    expect(said.toReversed()).toEqual(
      events.map((it) => [
        "time" in it && it.sequence,
        "time" in it && it.time,
        "time" in it && it.actor,
        "time" in it && it.cause,
      ]),
    );
  }
});
