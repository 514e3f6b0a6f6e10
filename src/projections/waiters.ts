/** What a commit may have changed. */
export interface Touched {
  has(id: string): boolean;
  /** Of matches, sources and calls; null after a swap of builds: any. */
  ids: ReadonlySet<string> | null;
}
export type AdvanceListener = (sequence: number, touched: Touched) => void;

/** Who waits for the checkpoint to move. */
export interface Waiters {
  reached(sequence: number, signal?: AbortSignal): Promise<void>;
  onAdvance(listener: AdvanceListener): () => void;
  /** Tells everyone that the checkpoint is at `sequence`. */
  advanced(sequence: number, touched: Touched): void;
  /** Rejects whoever still waits, and who comes later. */
  close(): void;
}

export class ReadModelStopped extends Error {
  override readonly name = "ReadModelStopped";

  constructor() {
    super("the read model was stopped");
  }
}

/** `onError` gets what a listener throws: it must not harm the one who told it. */
export function createWaiters(sequence: () => number, onError: (error: unknown) => void): Waiters {
  const waiting = new Set<{ sequence: number; resolve: () => void; reject: (reason: unknown) => void }>();
  const listeners = new Set<AdvanceListener>();
  let closed = false;

  return {
    reached(wanted, signal) {
      if (signal?.aborted) return Promise.reject(reasonOf(signal));
      if (sequence() >= wanted) return Promise.resolve();
      if (closed) return Promise.reject(new ReadModelStopped());
      return new Promise((resolve, reject) => {
        const abort = () => {
          waiting.delete(waiter);
          reject(signal === undefined ? new ReadModelStopped() : reasonOf(signal));
        };
        const forget = () => signal?.removeEventListener("abort", abort);
        const waiter = {
          sequence: wanted,
          resolve: () => (forget(), resolve()),
          reject: (reason: unknown) => (forget(), reject(reason instanceof Error ? reason : new Error(String(reason)))),
        };
        waiting.add(waiter);
        signal?.addEventListener("abort", abort, { once: true });
      });
    },
    onAdvance(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    advanced(sequence, touched) {
      for (const waiter of waiting) {
        if (waiter.sequence > sequence) continue;
        waiting.delete(waiter);
        waiter.resolve();
      }
      for (const listener of listeners) {
        try {
          listener(sequence, touched);
        } catch (error) {
          onError(error);
        }
      }
    },
    close() {
      closed = true;
      for (const waiter of waiting) waiter.reject(new ReadModelStopped());
      waiting.clear();
      listeners.clear();
    },
  };
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error(String(reason));
}
