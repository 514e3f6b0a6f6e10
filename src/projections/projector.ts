import { SqliteError } from "better-sqlite3";
import type { LogMessage } from "../events/log.ts";
import type { MatchEntry } from "../match/match.ts";
import type { MatchEvent, SourceEvent } from "../match/event.ts";
import { evolve } from "../match/evolve.ts";
import { type Match, unknownMatch } from "../match/match.ts";
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
import { matchesWriter } from "./matches.ts";
import { modelCostsWriter } from "./model-costs.ts";
import { modelHealthWriter } from "./model-health.ts";
import { requestsWriter } from "./requests.ts";
import { resultsWriter } from "./results.ts";
import { scoresWriter } from "./scores.ts";
import { sourceQueries, sourcesWriter } from "./sources.ts";
import { stagesWriter } from "./stages.ts";
import type { MatchStates } from "./states.ts";

export interface Projector {
  /** Everything up to here is in the tables. */
  readonly sequence: number;
  /**
   * Writes what a batch says and moves the checkpoint past it, in one transaction. What the checkpoint has passed already is
   * skipped. Throws `ProjectionHalted`, and then nothing of the batch is in the tables.
   */
  apply(batch: readonly LogMessage[]): void;
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

  constructor(message: LogMessage, cause: unknown, ofMessage: boolean) {
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

interface Touched {
  /** As the tables have it. */
  before: Match;
  after: Match;
  newest: LogMessage;
}

/** The one writer of a build. `states` is shared with the queries on the same connection. */
export function createProjector(db: Db, states: MatchStates, policy: Policy): Projector {
  const calls = callsWriter(db);
  const writers: MatchWriter[] = [
    matchesWriter(db, policy),
    requestsWriter(db),
    stagesWriter(db, policy),
    failuresWriter(db),
    scoresWriter(db),
    resultsWriter(db),
    calls,
    autoRetrosWriter(db),
    modelHealthWriter(db),
    modelCostsWriter(db),
  ];
  const anomalies = anomaliesWriter(db);
  const letters = lettersWriter(db);
  const checkpoint = checkpointWriter(db);
  const sources = { ...sourceQueries(db), ...sourcesWriter(db) };
  let { sequence } = readCheckpoint(db);
  /** The message being worked on, for the one who has to look at it. */
  let current: LogMessage | undefined;

  const transact = db.transaction((batch: readonly LogMessage[], last: LogMessage): Match[] => {
    const matches = new Map<string, Touched>();
    const polled = new Map<string, SourceState>();
    let dispatchedAt: number | null = null;

    for (const message of batch) {
      current = message;
      const { entity, event } = message;
      anomalies.take(message);
      letters.take(message);
      calls.take(message);
      const counts =
        (entity?.root === "match" && foldMatch(matches, entity.id, message)) ||
        (entity?.root === "source" && foldSource(polled, entity.id, message));
      // A simulated clock goes on from here: an event that changed nothing must not move it.
      if (counts && event?.actor === "pipeline:dispatch") dispatchedAt = Math.max(dispatchedAt ?? 0, event.time);
    }
    for (const { before, after, newest } of matches.values()) {
      current = newest;
      states.save(after);
      for (const writer of writers) writer.write?.(before, after);
    }
    for (const source of polled.values()) sources.save(source);
    current = undefined;
    checkpoint.move(sequence, last, dispatchedAt);
    return [...matches.values()].map(({ after }) => after);
  });

  /** Whether the message changed more than the version. */
  function foldMatch(matches: Map<string, Touched>, id: string, message: LogMessage): boolean {
    let known = matches.get(id);
    if (known === undefined) {
      const match = states.load(id) ?? unknownMatch(id);
      matches.set(id, (known = { before: match, after: match, newest: message }));
    }
    const before = known.after;
    const after = evolve(before, entryOf<MatchEntry>(message));
    known.after = after;
    known.newest = message;
    if (message.event === null) return false;
    const ignored = after.ignored.length > before.ignored.length ? after.ignored.at(-1) : undefined;
    if (ignored !== undefined) {
      anomalies.ignored(message, ignored.why);
      return false;
    }
    for (const writer of writers) writer.step?.({ event: message.event as MatchEvent, before, after });
    return true;
  }

  function foldSource(polled: Map<string, SourceState>, id: string, message: LogMessage): boolean {
    const before = polled.get(id) ?? sources.source(id);
    const after = evolveSource(before, entryOf<SourceEntry>(message));
    const counts = after.polls !== before.polls;
    if (message.event !== null && !counts) anomalies.ignored(message, "no open poll asked for it");
    polled.set(id, after);
    return counts;
  }

  return {
    get sequence() {
      return sequence;
    },
    apply(batch) {
      const news = batch.filter((message) => message.sequence > sequence);
      const last = news.at(-1);
      if (last === undefined) return;
      try {
        checkOrder(news);
        const touched = transact.immediate(news, last);
        states.remember(touched);
        sequence = last.sequence;
      } catch (error) {
        // A full or failing disk is no message's fault.
        const ofMessage = current !== undefined && !(error instanceof SqliteError);
        throw new ProjectionHalted(current ?? last, error, ofMessage);
      } finally {
        current = undefined;
      }
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
