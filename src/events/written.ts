import type { NewEvent } from "../match/event.ts";
import type { Entity } from "./log.ts";

/** An event as it was encoded here. */
export interface Written {
  entity: Entity;
  event: NewEvent;
  body: Uint8Array;
}

/**
 * What this process wrote not long ago: each of it comes back to be projected, and a request to be answered too. Found by its
 * bytes it is not read again, and whoever folds it here folds the same values as its writer (evolve.ts).
 */
export interface WrittenEvents {
  /** `event` must be what its own body says. */
  remember(subject: string, written: Written): void;
  /** What has exactly this body under this subject; null when it is not remembered. */
  find(subject: string, body: Uint8Array): Written | null;
}

/** Of 600 events with 42 answers, or of thousands of others: several batches, and one has come back before the next but one is written. */
const bytesMax = 4 * 1024 * 1024;

/** The oldest goes first; of a subject, only the newest is remembered. */
export function rememberWritten(): WrittenEvents {
  const all = new Map<string, Written>();
  let bytes = 0;

  function forget(subject: string, { body }: Written): void {
    all.delete(subject);
    bytes -= body.length;
  }

  return {
    remember(subject, written) {
      const before = all.get(subject);
      if (before !== undefined) forget(subject, before);
      all.set(subject, written);
      bytes += written.body.length;
      for (const [oldest, one] of all) {
        if (bytes <= bytesMax) return;
        forget(oldest, one);
      }
    },
    find(subject, body) {
      // A replay of the log has written nothing: then not even the subject is hashed.
      const known = all.size === 0 ? undefined : all.get(subject);
      return known !== undefined && Buffer.compare(known.body, body) === 0 ? known : null;
    },
  };
}
