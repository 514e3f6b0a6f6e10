import { SqliteError } from "better-sqlite3";
import type { LogMessage } from "../events/log.ts";
import type { Match, MatchEntry } from "../match/match.ts";
import type { MatchEvent, SourceEvent } from "../match/event.ts";
import { evolve, evolveOnce } from "../match/evolve.ts";
import { evolveSource, type SourceEntry, type SourceState } from "../match/polling.ts";
import type { Policy } from "../match/policy.ts";
import { anomaliesWriter } from "./anomalies.ts";
import { lettersWriter } from "./letters.ts";
import { autoRetrosWriter } from "./auto-retros.ts";
import { callsWriter } from "./calls.ts";
import type { MatchWriter } from "./change.ts";
import { checkpointWriter, readCheckpoint } from "./checkpoint.ts";
import type { Db } from "./db.ts";
import { failuresWriter } from "./failures.ts";
import { createHeldMatches, type HeldMatch, type Place } from "./held-matches.ts";
import { matchesWriter } from "./matches.ts";
import { modelCostsWriter } from "./model-costs.ts";
import { modelHealthWriter } from "./model-health.ts";
import { requestsWriter } from "./requests.ts";
import { resultsWriter } from "./results.ts";
import { createRows } from "./rows.ts";
import { scoresWriter } from "./scores.ts";
import { sourceQueries, sourcesWriter } from "./sources.ts";
import { stagesWriter } from "./stages.ts";
import { type MatchStates, statesWriter } from "./states.ts";

export interface Projector {
  /** Everything up to here has been taken. */
  readonly sequence: number;
  /**
   * Writes what a batch says and moves the checkpoint past it, in one transaction. What the checkpoint has passed already is
   * skipped. Throws `ProjectionHalted`, and then nothing of the batch is in the tables.
   */
  apply(batch: readonly LogMessage[]): void;
  /**
   * The same for a build that nobody reads yet: rows are held back as long as there is room, and the checkpoint stays where it
   * is until `settle`. Throws `ProjectionHalted`, and then the build is of no use.
   */
  take(batch: readonly LogMessage[]): void;
  /** Writes some of what `take` has held back; false once all of it is written and the checkpoint moved. */
  settle(): boolean;
}

/** A message that cannot be projected. Nobody skips it: every figure after it would be wrong without anyone knowing. */
export class ProjectionHalted extends Error {
  override readonly name = "ProjectionHalted";
  readonly sequence: number;
  readonly subject: string;
  /** The fault is this message's: those before it can be projected. */
  readonly ofMessage: boolean;
  /** The fault is the disk's, full or failing: the same batch may go through later. */
  readonly ofDisk: boolean;

  constructor(message: Place, cause: unknown, ofMessage: boolean) {
    super(
      `halted at ${message.sequence} (${message.subject}): ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        cause,
      },
    );
    this.sequence = message.sequence;
    this.subject = message.subject;
    this.ofMessage = ofMessage;
    this.ofDisk = cause instanceof SqliteError && /^SQLITE_(FULL|IOERR)/.test(cause.code);
  }
}

/** Matches that one call of `settle` writes. */
const settleMatches = 500;

/** The one writer of a build. `states` is shared with the queries on the same connection; `room`: see `createHeldMatches`. */
export function createProjector(db: Db, states: MatchStates, policy: Policy, room?: number): Projector {
  const rows = createRows(db);
  const calls = callsWriter(db);
  const saved = statesWriter(rows);
  const writers: MatchWriter[] = [
    saved,
    matchesWriter(db, rows, policy),
    requestsWriter(rows),
    stagesWriter(db, rows, policy),
    failuresWriter(rows),
    scoresWriter(db, rows),
    resultsWriter(db, rows),
    calls,
    autoRetrosWriter(db),
    modelHealthWriter(db, rows),
    modelCostsWriter(db, rows),
  ];
  const steps = writers.flatMap(({ step }) => (step === undefined ? [] : [step]));
  const writes = writers.flatMap(({ write }) => (write === undefined ? [] : [write]));
  const anomalies = anomaliesWriter(db, rows);
  const letters = lettersWriter(db);
  const checkpoint = checkpointWriter(db);
  const sources = { ...sourceQueries(db), ...sourcesWriter(db) };
  const matches = createHeldMatches(load, room);
  const polled = new Map<string, SourceState>();
  /** Where the tables' checkpoint is; `sequence` is ahead of it while rows are held back. */
  let written = readCheckpoint(db).sequence;
  let sequence = written;
  let last: LogMessage | undefined;
  let dispatchedAt: number | null = null;
  /** The message being worked on, for the one who has to look at it. */
  let current: Place | undefined;
  /** A batch failed after others whose rows were held back: nobody can tell any more what is in the tables. */
  let lost = false;

  function fold(batch: readonly LogMessage[], evolveMatch: typeof evolve): void {
    for (const message of batch) {
      current = message;
      const { entity, event } = message;
      anomalies.take(message);
      letters.take(message);
      calls.take(message);
      const counts =
        (entity?.root === "match" && foldMatch(entity.id, message, evolveMatch)) ||
        (entity?.root === "source" && foldSource(entity.id, message));
      // A simulated clock goes on from here: an event that changed nothing must not move it.
      if (counts && event?.actor === "pipeline:dispatch") dispatchedAt = Math.max(dispatchedAt ?? 0, event.time);
    }
    current = undefined;
  }

  /** Whether the message changed more than the version. */
  function foldMatch(id: string, message: LogMessage, evolveMatch: typeof evolve): boolean {
    const { event } = message;
    const held = matches.of(id, message);
    const before = held.after;
    const after = evolveMatch(before, entryOf<MatchEntry>(message));
    matches.changed(held, after);
    if (event === null) return false;
    const ignored = after.ignored.length > before.ignored.length ? after.ignored.at(-1) : undefined;
    if (ignored !== undefined) {
      anomalies.ignored(message, ignored.why);
      return false;
    }
    const change = { event: event as MatchEvent, before, after };
    for (const step of steps) step(change);
    return true;
  }

  function load(id: string): Match | null {
    saved.flush(id);
    return states.load(id);
  }

  function foldSource(id: string, message: LogMessage): boolean {
    const before = polled.get(id) ?? sources.source(id);
    const after = evolveSource(before, entryOf<SourceEntry>(message));
    const counts = after.polls !== before.polls;
    if (message.event !== null && !counts) anomalies.ignored(message, "no open poll asked for it");
    polled.set(id, after);
    return counts;
  }

  function writeMatches(some: Iterable<HeldMatch>): void {
    for (const { before, after, newest } of some) {
      current = newest;
      states.forget(after);
      for (const write of writes) write(before, after);
    }
    current = undefined;
  }

  /** Everything that is held back but matches, and the checkpoint. */
  function writeRest(): void {
    for (const source of polled.values()) sources.save(source);
    anomalies.flush();
    rows.flush();
    if (last !== undefined && last.sequence > written) checkpoint.move(written, last, dispatchedAt);
  }

  function settled(): void {
    written = sequence;
    polled.clear();
    dispatchedAt = null;
  }

  function forget(): void {
    matches.clear();
    polled.clear();
    rows.forget();
    anomalies.forget();
    for (const writer of writers) writer.forget?.();
    dispatchedAt = null;
  }

  const ownTransaction = db.transaction((work: () => void) => work()).immediate;

  /** The transaction that `take` leaves open: each commit would write every page anew that the batch has touched. */
  function longTransaction(work: () => void): void {
    if (!db.inTransaction) db.exec("BEGIN IMMEDIATE");
    work();
    if (written === sequence && db.inTransaction) db.exec("COMMIT");
  }

  /** What `work` throws becomes a halt. */
  function transact(inTransaction: (work: () => void) => void, newest: Place | undefined, work: () => void): void {
    if (lost) throw new Error("this build lost what it had held back: it cannot go on");
    try {
      inTransaction(work);
    } catch (error) {
      lost = sequence > written;
      if (db.inTransaction) db.exec("ROLLBACK");
      forget();
      // A full or failing disk is no message's fault.
      const ofMessage = current !== undefined && !(error instanceof SqliteError);
      const place = current ?? newest;
      if (place === undefined) throw error;
      throw new ProjectionHalted(place, error, ofMessage);
    } finally {
      current = undefined;
    }
  }

  /** What of a batch is new; undefined when nothing is. */
  function newsOf(batch: readonly LogMessage[]): readonly LogMessage[] | undefined {
    const first = batch[0];
    const news =
      first !== undefined && first.sequence > sequence ? batch : batch.filter((it) => it.sequence > sequence);
    return news.length === 0 ? undefined : news;
  }

  return {
    get sequence() {
      return sequence;
    },
    apply(batch) {
      const news = newsOf(batch);
      const newest = news?.at(-1);
      if (news === undefined || newest === undefined) return;
      if (sequence !== written) throw new Error("rows are held back: settle first");
      transact(ownTransaction, newest, () => {
        checkOrder(news);
        fold(news, evolveOnce);
        last = newest;
        writeMatches(matches.all);
        writeRest();
      });
      states.remember(matches.all.map(({ after }) => after));
      matches.clear();
      sequence = newest.sequence;
      settled();
    },
    take(batch) {
      const news = newsOf(batch);
      const newest = news?.at(-1);
      if (news === undefined || newest === undefined) return;
      transact(longTransaction, newest, () => {
        checkOrder(news);
        fold(news, evolve);
        writeMatches(matches.excess());
        rows.relieve();
        last = newest;
        sequence = newest.sequence;
      });
    },
    settle() {
      if (sequence === written) return false;
      const some = matches.some(settleMatches);
      transact(longTransaction, last, () => {
        writeMatches(some);
        if (some.length > 0) return rows.flush();
        writeRest();
        settled();
      });
      states.remember(some.map(({ after }) => after));
      return some.length > 0;
    },
  };
}

/** Applies as much of a batch as can be: all of it, or what comes before the message it halts at, which is returned. */
export function applyUntilHalted(projector: Projector, batch: readonly LogMessage[]): ProjectionHalted | null {
  try {
    projector.apply(batch);
    return null;
  } catch (error) {
    if (!(error instanceof ProjectionHalted)) throw error;
    if (!error.ofMessage) return error;
    return (
      applyUntilHalted(
        projector,
        batch.filter(({ sequence }) => sequence < error.sequence),
      ) ?? error
    );
  }
}

/** The log has checked that an event agrees with its subject, so one under a match is an event of matches. */
function entryOf<Entry extends MatchEntry | SourceEntry>({ sequence, event }: LogMessage): Entry {
  return (event ?? { sequence, type: null }) as MatchEvent | SourceEvent | { sequence: number; type: null } as Entry;
}

function checkOrder(batch: readonly LogMessage[]): void {
  let previous = 0;
  for (const { sequence } of batch) {
    if (sequence <= previous) throw new Error(`message ${sequence} came after ${previous}`);
    previous = sequence;
  }
}
