import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pollActor } from "../../src/actors/poll.ts";
import { knownIn } from "../../src/open-source.ts";
import type { NewEvent } from "../../src/match/event.ts";
import { createReplay, readSnapshots, type Snapshot } from "../../src/sources/snapshots.ts";
import { manualClock, manualSimulatedClock, settled } from "../support/manual-clock.ts";
import { testNode } from "../support/node.ts";
import { entry, file, sixClubs } from "../support/openfootball.ts";
import { sharedFootball } from "../support/shared-data.ts";
import { tempDir } from "../support/temp.ts";

type Snapshots = [Snapshot, ...Snapshot[]];

/** A node that polls once a snapshot, as each appears. */
async function polledThrough(snapshots: Snapshots) {
  const wall = manualClock(snapshots[0].from);
  // Jumps: a clock that passes months second by second would fire a million timers.
  const clock = manualSimulatedClock(wall);
  const it = await testNode({ wall, clock });
  const { node } = it;
  const source = createReplay(
    snapshots,
    knownIn(() => node.readModel),
  );
  it.run(pollActor([source]));
  const id = `openfootball.${snapshots[0].league.id}`;
  const poll = async () => {
    const time = node.clock.now();
    const window = { from: null, to: new Date(time).toISOString() };
    const request: NewEvent = {
      id: node.newId(time),
      type: "source.poll.requested",
      time,
      actor: "test",
      causationId: null,
      data: { kind: "fixtures", attempt: 1, reason: "due", budgetMs: 60_000, window },
    };
    const { version } = node.readModel.source(id);
    const appended = await node.log.append({ root: "source", id }, version, [request]);
    if (appended.outcome !== "appended") throw new Error(appended.outcome);
    // Appends wait for each other, and the read model for them: as long as anything is under way.
    while (node.readModel.source(id).polls.fixtures.request !== null || node.readModel.source(id).version === version)
      await settled();
    await node.readModel.reached(await node.log.last());
    return it.events("source.polled").at(-1)?.data;
  };
  const facts = () =>
    it.server.messages
      .filter(({ subject }) => subject.startsWith("match."))
      .map(({ subject, body }) => `${subject} ${Buffer.from(body).toString()}`);
  const polls: Awaited<ReturnType<typeof poll>>[] = [];
  for (const { from } of snapshots) {
    clock.jump(from);
    polls.push(await poll());
  }
  return { ...it, clock, poll, facts, polls };
}

type Polled = Awaited<ReturnType<typeof polledThrough>>;

/** Every match with a score in a file: `home-away score`, whatever its clubs are called there. */
function ended({ json }: Snapshot): number {
  return (json as { matches: { score?: { ft?: unknown } }[] }).matches.filter(({ score }) => score?.ft).length;
}

interface Standing {
  played: number;
  points: number;
  goals: number;
  against: number;
}

function tableOf(results: readonly { home: string; away: string; score: readonly [number, number] }[]) {
  const table = new Map<string, Standing>();
  for (const { home, away, score } of results) {
    for (const [club, mine, theirs] of [
      [home, score[0], score[1]],
      [away, score[1], score[0]],
    ] as const) {
      const row = table.get(club) ?? { played: 0, points: 0, goals: 0, against: 0 };
      table.set(club, row);
      row.played++;
      row.points += mine > theirs ? 3 : mine === theirs ? 1 : 0;
      row.goals += mine;
      row.against += theirs;
    }
  }
  return table;
}

/** The table of a file by its own spellings, without our names: just the standings, best first. */
function standingsIn({ json }: Snapshot): Standing[] {
  const { matches } = json as { matches: { team1: string; team2: string; score?: { ft?: [number, number] } }[] };
  const played = matches.flatMap(({ team1: home, team2: away, score }) =>
    score?.ft === undefined ? [] : [{ home, away, score: score.ft }],
  );
  return sorted([...tableOf(played).values()]);
}

function standingsOf({ node }: Polled, league: string): Standing[] {
  const results = node.readModel
    .results(league, Number.MAX_SAFE_INTEGER)
    .map(({ home, away, score }) => ({ home, away, score: [score.home, score.away] as const }));
  return sorted([...tableOf(results).values()]);
}

function sorted(rows: Standing[]): Standing[] {
  return rows.toSorted(
    (a, b) =>
      b.points - a.points || b.goals - b.against - (a.goals - a.against) || b.goals - a.goals || a.against - b.against,
  );
}

function snapshotDirectory(files: Record<string, unknown>): string {
  const dir = join(tempDir(), "snapshots");
  mkdirSync(dir);
  for (const [name, json] of Object.entries(files)) writeFileSync(join(dir, name), JSON.stringify(json));
  return dir;
}

describe("snapshots polled one after the other", () => {
  const matches = sixClubs();
  const respelled = matches.map((it, i) => ({
    ...it,
    team1: it.team1 === "Bayer 04 Leverkusen" ? "Bayer Leverkusen" : it.team1,
    team2: it.team2 === "Bayer 04 Leverkusen" ? "Bayer Leverkusen" : it.team2,
    ...(i < 6 ? { score: { ft: [2, 1] } } : {}),
    ...(i === 8 ? { date: "2025-12-10", time: "20:30" } : {}),
  }));
  const files = {
    "de.1_2025-08-01T1200.json": file(matches.map(({ time: _, ...it }) => it)),
    "de.1_2025-08-15T1200.json": file(matches),
    "de.1_2025-09-01.json": file(respelled),
    "de.1_2025-09-02.json": file([
      ...respelled.slice(1),
      { ...entry(1, "Bayern München", "SC Freiburg"), status: "BURNT" },
    ]),
  };

  test("give a fixture one match, its times and moves as changes, a result once", async () => {
    const snapshots = await readSnapshots(snapshotDirectory(files));
    expect(snapshots.map(({ from }) => new Date(from).toISOString().slice(0, 16))).toEqual([
      "2025-08-01T12:00",
      "2025-08-15T12:00",
      "2025-09-01T00:00",
      "2025-09-02T00:00",
    ]);
    const it = await polledThrough(snapshots);
    expect(it.polls.map((polled) => polled?.counts)).toEqual([
      { seen: 30, scheduled: 30, finished: 0, rejected: 0, quarantined: 0 },
      // The assumed time was the earliest there is; now it is known.
      { seen: 30, scheduled: 30, finished: 0, rejected: 0, quarantined: 0 },
      { seen: 30, scheduled: 1, finished: 6, rejected: 0, quarantined: 0 },
      { seen: 29, scheduled: 0, finished: 0, rejected: 1, quarantined: 0 },
    ]);
    const changes = it.events("match.scheduled").map(({ data }) => data.changed.join());
    expect(new Set(changes.slice(30, 60))).toEqual(new Set(["kickoff,timeAssumed"]));
    expect(changes.slice(60)).toEqual(["kickoff"]);
    expect(it.polls.at(-1)?.rejected).toEqual([
      {
        code: "unknown-status",
        match: "2025-26/de.1 Matchday 1: Bayern München v SC Freiburg",
        text: 'the status "BURNT" is none we know',
      },
    ]);
    expect(standingsOf(it, "bl1")).toEqual(standingsIn(snapshots.at(-2) as Snapshot));
  });

  test("keep a spelling that nobody has listed out, instead of making a second match of each", async () => {
    const unlisted = JSON.parse(
      JSON.stringify(respelled).replaceAll("Bayer Leverkusen", "Leverkusener Bayer 1904"),
    ) as unknown[];
    const abbreviated = JSON.parse(
      JSON.stringify(respelled).replaceAll("Bayer Leverkusen", "Bayer Leverk."),
    ) as unknown[];
    const snapshots = await readSnapshots(
      snapshotDirectory({
        ...files,
        "de.1_2025-09-03.json": file(abbreviated),
        "de.1_2025-09-04.json": file(unlisted),
      }),
    );
    const it = await polledThrough(snapshots);
    expect(it.polls.slice(-2).map((polled) => polled?.counts)).toEqual([
      { seen: 20, scheduled: 0, finished: 0, rejected: 0, quarantined: 10 },
      { seen: 20, scheduled: 0, finished: 0, rejected: 0, quarantined: 10 },
    ]);
    expect(it.polls.at(-1)?.quarantined[0]).toMatchObject({
      code: "doubtful-club",
      text: expect.stringContaining("leverkusener-bayer-1904 may be bayer-04-leverkusen, and nothing tells them apart"),
    });
    expect(it.node.readModel.tally().matches).toBe(30);
  });

  test("state nothing when they are polled again", async () => {
    const it = await polledThrough(await readSnapshots(snapshotDirectory(files)));
    const before = it.facts();
    it.clock.jump(it.clock.now() + 3_600_000);
    expect((await it.poll())?.counts).toEqual({ seen: 29, scheduled: 0, finished: 0, rejected: 0, quarantined: 0 });
    expect(it.facts()).toEqual(before);
  });
});

describe.skipIf(sharedFootball === null)("the seven real snapshots of a Bundesliga season", () => {
  const dir = join(sharedFootball ?? "", "2025-26-snapshots");

  test("give 306 matches, the moves as changes, results once, the last one's table, and nothing twice", async () => {
    expect(readdirSync(dir)).toHaveLength(7);
    const snapshots = await readSnapshots(dir);
    const it = await polledThrough(snapshots);
    const last = snapshots.at(-1) as Snapshot;
    expect(
      it.polls.every((polled) => polled?.ok === true && polled.counts.rejected + polled.counts.quarantined === 0),
    ).toBe(true);
    expect(it.node.readModel.tally()).toMatchObject({ matches: 306, live: 306, finished: ended(last) });

    const scheduled = it.events("match.scheduled").map(({ data }) => data);
    // No spelling, no round and no status is news; what changes is when they play.
    const changes = new Set(scheduled.slice(306).flatMap(({ changed }) => changed));
    expect([...changes].sort()).toEqual(["kickoff", "timeAssumed"]);
    expect(it.polls.map((polled) => polled?.counts.finished)).toEqual([0, 81, 9, 107, 9, 9, 10]);
    const results = it.events("match.finished").map(({ data }) => data);
    expect(results.filter(({ revision }) => revision > 1)).toEqual([]);
    expect(results).toHaveLength(ended(last));
    expect(standingsOf(it, "bl1")).toEqual(standingsIn(last));

    const moved = it.events("match.scheduled").filter(({ data }) => {
      const { home, away } = data.teams;
      return home.id === "hamburger-sv" && away.id === "bayer-04-leverkusen";
    });
    expect(moved.map(({ data }) => data.kickoff)).toEqual([
      "2026-01-14T12:30:00.000Z",
      "2026-01-13T12:30:00.000Z",
      "2026-01-13T19:30:00.000Z",
      "2026-03-04T19:30:00.000Z",
    ]);

    const before = it.facts();
    await it.poll();
    expect(it.facts()).toEqual(before);
  });
});
