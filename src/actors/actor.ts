import { setMaxListeners } from "node:events";
import { pause, type Timer } from "../clock.ts";
import type { Delivery } from "../events/log.ts";
import { ackWaitMs, type Durable } from "../events/provision.ts";
import { createFloor, type Floor } from "./floor.ts";
import type { Node } from "./node.ts";

/** What became of a delivery: `release` gives it back to the log, for another node or a later start. */
export type Handled = "ack" | "release";

export interface Actor {
  name: string;
  /** Its durable consumer: what it is told of (provision.ts). */
  on: Durable;
  /** Deliveries worked on at a time. */
  concurrency: number;
  /** What it does costs money: its deliveries wait while the node's brake is on. */
  braked?: boolean;
  /** It may wait for somebody out there for hours: on a floor of its own, as whoever must run alone would wait for it, and all others behind. */
  aside?: boolean;
  /** Must end soon after `signal` aborts; what it merely waits for may end at `draining`. Throws only when an invariant is broken. */
  handle(delivery: Delivery, node: Node, signal: AbortSignal, draining: AbortSignal): Promise<Handled>;
}

export function defineActor(actor: Actor): Actor {
  return actor;
}

/** From this many deliveries on, one runs alone in its node: what kills the process then costs the others nothing. */
const aloneFrom = 3;

/** At this many deliveries of one message its process is taken to have died of it. */
export const crashedAt = 8;

/** What may have killed the process before waits this long, so that all others have their turn first. */
const suspectPauseMs = 1000;

/** How long what was not handled waits before it goes back. */
const unhandledPauseMs = 1000;

/** What handlers that were told to stop may take to give their deliveries back; the stages' own grace fits in. */
const stopMs = 800;

export interface RunningActor {
  readonly name: string;
  /** Deliveries that this node holds: running, or waiting for their turn. */
  held(): number;
  /** Takes no more deliveries, lets running ones end until `signal` aborts them; resolves with what was abandoned. */
  drain(signal: AbortSignal): Promise<string[]>;
}

/**
 * Runs one actor on its durable consumer: a mailbox with bounded concurrency, heartbeats for what is held, poison apart.
 * `onHandled` is called after each delivery.
 */
export function runActor(actor: Actor, node: Node, shared: Floor, onHandled: () => void): RunningActor {
  const floor = actor.aside === true ? createFloor() : shared;
  const taking = new AbortController();
  const working = new AbortController();
  // Each running delivery listens: that is no leak, whatever Node takes more than ten listeners for.
  setMaxListeners(0, working.signal);
  const held = new Map<Delivery, Promise<void>>();
  let running = 0;
  /** Who waits for a turn, told whether it came before the drain. */
  const turns: ((granted: boolean) => void)[] = [];
  let heartbeat: Timer = beat();

  function beat(): Timer {
    return node.clock.after(ackWaitMs / 3, () => {
      for (const delivery of held.keys()) delivery.working();
      heartbeat = beat();
    });
  }

  async function turn(): Promise<boolean> {
    if (running >= actor.concurrency) return new Promise<boolean>((resolve) => turns.push(resolve));
    running++;
    return Promise.resolve(true);
  }

  function endTurn(): void {
    const next = turns.shift();
    // Handed over, not given back: a delivery that comes in between would take it as well.
    if (next === undefined) running--;
    else next(true);
  }

  async function work(delivery: Delivery): Promise<void> {
    const alone = delivery.deliveries >= aloneFrom;
    if (alone && node.suspects?.has(nameOf(delivery)) === true) await pause(node.clock, suspectPauseMs, taking.signal);
    const granted = await turn();
    try {
      if (!granted) return delivery.release();
      // Before the floor: who waits there alone would keep everybody else waiting as well.
      if (actor.braked === true) await node.brake?.released(taking.signal);
      const handled = await floor.enter(alone, () => (alone ? survive(delivery) : handle(delivery)));
      if (handled === "ack") await delivery.ack();
      else delivery.release();
    } catch (error) {
      node.logger.error(
        { err: error, actor: actor.name, sequence: delivery.message.sequence },
        "a delivery was not handled",
      );
      // It comes back, and is counted: at the eighth its stage ends as `crash`.
      await pause(node.clock, unhandledPauseMs, taking.signal);
      delivery.release();
    } finally {
      if (granted) endTurn();
      held.delete(delivery);
      onHandled();
    }
  }

  const nameOf = ({ message }: Delivery) => `${actor.name}:${message.sequence}`;

  async function survive(delivery: Delivery): Promise<Handled> {
    const name = nameOf(delivery);
    node.suspects?.began(name);
    try {
      return await handle(delivery);
    } finally {
      node.suspects?.ended(name);
    }
  }

  function handle(delivery: Delivery): Promise<Handled> {
    if (taking.signal.aborted) return Promise.resolve("release");
    return actor.handle(delivery, node, working.signal, taking.signal);
  }

  async function take(): Promise<void> {
    const options = { durable: actor.on, held: Math.min(1000, 2 * actor.concurrency), signal: taking.signal };
    while (!taking.signal.aborted) {
      try {
        for await (const delivery of node.log.consume(options)) held.set(delivery, work(delivery));
      } catch (error) {
        if (taking.signal.aborted) return;
        node.logger.error({ err: error, actor: actor.name }, "lost its deliveries, taking them up again");
        await pause(node.clock, 1000, taking.signal);
      }
    }
  }

  const taken = take();
  return {
    name: actor.name,
    held: () => held.size,
    async drain(signal) {
      taking.abort();
      for (const next of turns.splice(0)) next(false);
      const stop = () => working.abort();
      if (signal.aborted) stop();
      else signal.addEventListener("abort", stop, { once: true });
      await taken;
      const rest = () =>
        [...held.keys()].map(({ message }) => `${actor.name}: ${message.subject} (sequence ${message.sequence})`);
      const given = working.signal;
      const timedOut = new Promise<void>((resolve) => {
        if (given.aborted) resolve();
        else given.addEventListener("abort", () => resolve(), { once: true });
      });
      await Promise.race([Promise.all(held.values()), timedOut]);
      const abandoned = rest();
      if (held.size > 0) await Promise.race([Promise.all(held.values()), pause(node.clock, stopMs)]);
      heartbeat.cancel();
      return abandoned;
    },
  };
}
