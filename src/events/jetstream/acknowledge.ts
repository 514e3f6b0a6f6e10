import type { Bell } from "../bell.ts";
import { NoAnswer } from "../errors.ts";
import type { Link } from "./link.ts";

/** A delivery that waits for its answer. */
export interface Hold {
  /** Where the answer goes. */
  reply: string;
  /** The consumer it came from. */
  made: Made;
  /** When it was delivered or last kept alive, on `clock.elapsed`. */
  aliveAt: number;
  /** Rings when it was delivered again. */
  renewed: Bell;
  /** Makes room for another delivery. */
  free(): void;
  /** Frees it, and hands it out again should it come again. */
  forget(): void;
}

/** A consumer as it was found or made. */
export interface Made {
  created: string;
  ackWaitMs: number;
}

/** Resolves once the server has heard of it. */
export type Acknowledge = (hold: Hold) => Promise<void>;

/**
 * What is acknowledged while the server is being asked goes out together afterwards, and an answer is asked for the last alone:
 * the server takes them in their order. Where none comes, each is confirmed by itself. `isGone`: the consumer that delivered it is
 * not there any more.
 */
export function groupAcknowledgement(link: Link, isGone: (hold: Hold) => Promise<boolean>): Acknowledge {
  let waiting: { hold: Hold; settle: (end: Promise<void> | undefined) => void }[] = [];
  let running = false;

  async function run(): Promise<void> {
    // Deliveries whose facts were stored in one batch belong together.
    await Promise.resolve();
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        for (const { hold } of group.slice(0, -1)) link.nc.publish(hold.reply, "+ACK");
        const last = group.at(-1);
        const heard = last !== undefined && (await askOnce(link, last.hold)) === "heard";
        if (!heard) for (const { hold } of group) hold.free();
        for (const { hold, settle } of group) settle(heard ? undefined : confirm(link, hold, isGone));
      } catch (error) {
        for (const { settle } of group) settle(Promise.reject(error));
      }
    }
    running = false;
  }

  return (hold) =>
    new Promise((settle) => {
      waiting.push({ hold, settle });
      if (running) return;
      running = true;
      void run();
    });
}

/** Acknowledges once: the server has heard it, has made the delivery again meanwhile, or does not answer. */
async function askOnce(link: Link, hold: Hold): Promise<"heard" | "renewed" | "silent"> {
  const answer = link.request(hold.reply, "+ACK").then(
    () => "heard" as const,
    (error: unknown) => {
      if (error instanceof NoAnswer) return "silent" as const;
      throw error;
    },
  );
  const renewed = hold.renewed.heard().then(() => "renewed" as const);
  const word = await Promise.race([answer, renewed]);
  answer.catch(() => {});
  return word;
}

/**
 * Acknowledges until the server says that it heard. A server that forgot the delivery ignores the acknowledgement until
 * it has made it again, so there must be room for that: it is freed before.
 */
async function confirm(link: Link, hold: Hold, isGone: (hold: Hold) => Promise<boolean>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const word = await askOnce(link, hold);
    if (word === "heard") return;
    if (word === "renewed") continue;
    await link.retry(attempt);
    // A consumer that is gone delivers nothing again under this reply; the one made in its place starts over.
    if (await isGone(hold)) return;
  }
}
