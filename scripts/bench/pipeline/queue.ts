import { join } from "node:path";
import Database from "better-sqlite3";
import { type Job, Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import type { ModelTip, Score } from "../../../src/match/event.ts";
import { pointsOf, quotasOf } from "../../../src/match/settlement.ts";
import type { Figures } from "../bench.ts";
import { cannedAnswers } from "../canned-models.ts";
import { matchId } from "../canned-source.ts";
import { measureLoad } from "../load.ts";
import type { RedisServer } from "../redis.ts";

/** What its jobs carry: the match, and what the stage before found out. */
interface MatchJob {
  matchId: string;
  home: string;
  away: string;
  kickoff: string;
}

type Step = "analyse" | "predict" | "settle";

/** Jobs a stage works on at a time: more than these made it no faster. */
const concurrency = 100;
/** Jobs the scheduler hands over in one call. */
const chunk = 1000;

/**
 * The obvious alternative: a queue for each stage, a worker that does the stage and adds the next stage's job, answers and points
 * in SQLite. One shared connection for commands, one for each worker's blocking reads, jobs removed when done. Timed from the
 * scheduling of the first job to the last settlement.
 */
export async function runQueue(redis: RedisServer, dir: string, matches: number): Promise<Figures> {
  const store = openStore(join(dir, "answers.db"));
  const connection = new Redis({ path: redis.path, maxRetriesPerRequest: null, enableAutoPipelining: true });
  const queues = {
    analyse: queue("analyse"),
    predict: queue("predict"),
    settle: queue("settle"),
  };
  let settled = 0;
  let finish: () => void = () => {};
  const finished = new Promise<void>((resolve) => (finish = resolve));
  let fail: (error: Error) => void = () => {};
  const failed = new Promise<never>((_, reject) => (fail = reject));
  const answers = cannedAnswers();
  const workers = [
    worker("analyse", async ({ data }) => {
      store.analysed(data.matchId);
      await queues.predict.add("predict", data);
    }),
    worker("predict", async ({ data }) => {
      store.predicted(data.matchId, answers);
      await queues.settle.add("settle", data);
    }),
    worker("settle", ({ data }) => {
      store.settle(data.matchId, { home: 1, away: 0 });
      if (++settled === matches) finish();
      return Promise.resolve();
    }),
  ];
  try {
    await Promise.all(workers.map((each) => each.waitUntilReady()));
    const end = measureLoad(redis.pid);
    for (let first = 0; first < matches; first += chunk) {
      const jobs = Array.from({ length: Math.min(chunk, matches - first) }, (_, i) => jobOf(first + i));
      for (const job of jobs) store.scheduled(job);
      await queues.analyse.addBulk(jobs.map((data) => ({ name: "analyse", data })));
    }
    await Promise.race([finished, failed]);
    const { seconds, load } = end();
    return { matchesPerSecond: matches / seconds, ...load };
  } finally {
    for (const each of workers) await each.close();
    for (const each of Object.values(queues)) await each.close();
    connection.disconnect();
    store.close();
  }

  function queue(step: Step): Queue<MatchJob> {
    return new Queue(step, { connection, defaultJobOptions: { removeOnComplete: true, attempts: 5 } });
  }

  function worker(step: Step, run: (job: Job<MatchJob>) => Promise<void>): Worker<MatchJob> {
    const made = new Worker(step, run, { connection, concurrency });
    made.on("failed", (_, error) => fail(error));
    made.on("error", fail);
    return made;
  }
}

function jobOf(match: number): MatchJob {
  return { matchId: matchId(match), home: `home${match}`, away: `away${match}`, kickoff: "2026-03-01T15:00:00.000Z" };
}

interface AnswerRow {
  model: string;
  home: number;
  away: number;
}

/** Write-ahead log, synced at checkpoints only: what a careful user of SQLite sets, and what our own read model does. */
function openStore(file: string) {
  const db = new Database(file);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = NORMAL");
  db.pragma("wal_autocheckpoint = 4096");
  db.exec(`
    CREATE TABLE matches (id TEXT PRIMARY KEY, home TEXT, away TEXT, kickoff TEXT, analysed INTEGER, settled INTEGER) WITHOUT ROWID;
    CREATE TABLE answers (
      match_id TEXT, model TEXT, home INTEGER, away INTEGER, p_home REAL, p_draw REAL, p_away REAL, latency REAL, cost REAL,
      points INTEGER, PRIMARY KEY (match_id, model)
    ) WITHOUT ROWID;
  `);
  const insertMatch = db.prepare("INSERT INTO matches VALUES (@matchId, @home, @away, @kickoff, 0, 0)");
  const analysed = db.prepare<[string]>("UPDATE matches SET analysed = 1 WHERE id = ?");
  const insert = db.prepare("INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)");
  const select = db.prepare<[string], AnswerRow>("SELECT model, home, away FROM answers WHERE match_id = ?");
  const score = db.prepare<[number, string, string]>("UPDATE answers SET points = ? WHERE match_id = ? AND model = ?");
  const settled = db.prepare<[string]>("UPDATE matches SET settled = 1 WHERE id = ?");
  return {
    scheduled: (job: MatchJob) => void insertMatch.run(job),
    analysed: (id: string) => void analysed.run(id),
    predicted: db.transaction((id: string, answers: readonly ModelTip[]) => {
      for (const { model, tip, probabilities: p, latencyMs, cost } of answers)
        insert.run(id, model, tip.home, tip.away, p.home, p.draw, p.away, latencyMs, cost);
    }),
    settle: db.transaction((id: string, result: Score) => {
      const rows = select.all(id);
      const quotas = quotasOf(rows);
      for (const row of rows) score.run(pointsOf(row, result, quotas), id, row.model);
      settled.run(id);
    }),
    close: () => void db.close(),
  };
}
