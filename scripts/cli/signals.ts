import { constants } from "node:os";

export type Signal = "SIGINT" | "SIGTERM" | "SIGHUP";
const signals: readonly Signal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** Of a node: a service manager's stop went as asked; a person's Ctrl-C, or a terminal that was closed, cut something short. */
export function codeOf(signal: Signal): number {
  return signal === "SIGTERM" ? 0 : 128 + constants.signals[signal];
}

/** Of a command that was following or asking: whatever ended it, it did not do what it was asked. */
export function cutShort(signal: Signal): number {
  return 128 + constants.signals[signal];
}

export interface Signals {
  /** Aborts with the first signal. */
  readonly first: AbortSignal;
  /** Which one it was, null so far. */
  readonly received: Signal | null;
  end(): void;
}

/** Listens for the wish to end. The second wish is an order: the process ends at once, whatever it is doing. */
export function listenForSignals(): Signals {
  const controller = new AbortController();
  let received: Signal | null = null;
  const listeners = signals.map((signal) => {
    const listener = () => {
      if (received !== null) process.exit(128 + constants.signals[signal]);
      received = signal;
      controller.abort(new Interrupted(signal));
    };
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  return {
    first: controller.signal,
    get received() {
      return received;
    },
    end: () => {
      for (const stop of listeners) stop();
    },
  };
}

/** A command was asked to end before it had finished. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly signal: Signal;

  constructor(signal: Signal) {
    super(`ended by ${signal}`);
    this.signal = signal;
  }
}
