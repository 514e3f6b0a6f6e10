import type { Context } from "hono";
import { z } from "zod";
import { callEntry } from "../../events/entries.ts";
import type { AppendOutcome, Entity } from "../../events/log.ts";
import { type Call, evolveCall, unknownCall } from "../../match/call.ts";
import type { NewEvent, OperatorApplied, Order } from "../../match/event.ts";
import type { Principal } from "../access/principal.ts";
import type { HttpEnv } from "../openapi.ts";
import type { HttpOptions } from "../options.ts";
import { Refused } from "../problem.ts";
import { bodyHashOf, callIdOf } from "./call-id.ts";

export type Status = 200 | 202;

/** An answer that a second call with the same key gets again, byte for byte. */
export interface Answer<T> {
  status: Status;
  body: T;
}

export interface Decided<T> {
  order: Order;
  /** false: there is nothing to ask for. */
  asks: boolean;
  planHash?: string | null;
  answer: Answer<T>;
}

export interface Placing<T> {
  /** What the caller sent, as it was read. */
  body: unknown;
  /** The caller's idempotency key, where it does not come in the header: a form has its own. */
  key?: string | undefined;
  /**
   * What is asked for and what the caller is told, as things stand. May throw `Refused`: a
   * refusal is not remembered, so that the same key may be used once what was wrong is mended.
   */
  decide(id: string): Decided<T> | Promise<Decided<T>>;
}

export interface CallDesk {
  /** Writes a call into the log, before it has any effect. */
  place<T>(c: Context<HttpEnv>, placing: Placing<T>): Promise<Answer<T> & { id: string; replayed: boolean }>;
  /** Writes down how a call ended that this node itself carries out. */
  applied(id: string, outcome: OperatorApplied): Promise<void>;
  /** Cancels what has not begun of a call; false where it was cancelled before. */
  cancel(c: Context<HttpEnv>, call: Call, reason: string | null): Promise<boolean>;
}

/** In the description of every route that changes something. */
export const idempotencyKeyHeader = z.object({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, "write 1 to 200 printable characters without a space")
    .optional()
    .meta({
      description: "the same key and body again get the first answer, byte for byte, and ask for nothing twice",
    }),
});

/** The longest a client waits for the log; what is not known by then, the same key tells later. */
const waitMs = 10_000;

/** How long an answer waits for the read model, so that whoever looks next sees what was asked. */
const shownMs = 2000;

/** Where operators' calls are taken: each becomes one fact that names its principal, and the nodes carry it out. */
export function createCallDesk({ log, readModel, clock, newId }: HttpOptions): CallDesk {
  const inFlight = new Set<string>();

  async function place<T>(c: Context<HttpEnv>, { body, decide, ...placing }: Placing<T>) {
    const principal = c.get("principal");
    const key = placing.key ?? c.req.header("Idempotency-Key") ?? null;
    const id = key === null ? newId(clock.now()) : callIdOf(principal.name, key);
    const bodyHash = bodyHashOf(c.req.method, c.req.path, body);
    if (inFlight.has(id)) {
      throw new Refused(409, "a call with this Idempotency-Key is under way: ask again in a moment", {
        headers: { "Retry-After": "1" },
      });
    }
    inFlight.add(id);
    try {
      const before = key === null ? null : await known(id);
      if (before?.requested != null) return { id, ...replay<T>(before, bodyHash) };
      const { order, asks, planHash = null, answer } = await decide(id);
      // Without a key there is nothing to remember of a call that asks for nothing.
      if (!asks && key === null) return { id, ...answer, replayed: false };
      const appended = await append(id, 0, {
        type: "operator.requested",
        data: {
          principal: principal.name,
          order: asks ? order : { ...order, matchIds: [] },
          planHash,
          idempotencyKey: key,
          bodyHash,
          answer: key === null ? null : { status: answer.status, body: JSON.stringify(answer.body) },
        },
        ...envelope(principal, id, null),
      });
      if (appended.outcome === "appended") {
        if (asks && order.what !== "projections.rebuild") await carriedOut(id);
        return { id, ...answer, replayed: false };
      }
      // Another node was quicker with the same key.
      return { id, ...replay<T>(await fromLog(id), bodyHash) };
    } finally {
      inFlight.delete(id);
    }
  }

  /** Most calls are carried out at once: then whoever looks next, or asks again, finds the matches as they are now. */
  function carriedOut(id: string): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (readModel.call(id)?.applied == null) return;
        end();
      };
      const end = () => {
        timer.cancel();
        unwatch();
        resolve();
      };
      const timer = clock.after(shownMs, end);
      const unwatch = readModel.onAdvance(look);
      look();
    });
  }

  function envelope({ name }: Principal, id: string, causationId: string | null) {
    return { id, time: clock.now(), actor: `operator:${name}`, causationId };
  }

  /** What is known of a call: the read model may be a moment behind, or be what a rebuild is to mend. */
  async function known(id: string): Promise<Call | null> {
    try {
      const call = readModel.call(id);
      if (call !== null) return call;
    } catch {
      // The log knows.
    }
    return fromLog(id);
  }

  async function fromLog(id: string): Promise<Call> {
    const messages = await inTime(() => log.history({ root: "operator", id }));
    return messages.map(callEntry).reduce(evolveCall, unknownCall(id));
  }

  async function append(id: string, version: number, event: NewEvent): Promise<AppendOutcome> {
    const entity: Entity = { root: "operator", id };
    const outcome = await inTime(() => log.append(entity, version, [event]));
    if (outcome.outcome === "refused") {
      throw new Refused(503, `the log takes nothing now (${outcome.category}); nothing was asked for`);
    }
    if (outcome.outcome === "appended") await shown(outcome.sequence);
    return outcome;
  }

  async function shown(sequence: number): Promise<void> {
    const limit = new AbortController();
    const timer = clock.after(shownMs, () => limit.abort());
    await readModel.reached(sequence, limit.signal).catch(() => {});
    timer.cancel();
  }

  async function inTime<R>(begin: () => Promise<R>): Promise<R> {
    if (!log.connected()) throw new Refused(503, "NATS does not answer; nothing was asked for");
    const work = begin();
    return new Promise((resolve, reject) => {
      const timer = clock.after(waitMs, () =>
        reject(new Refused(503, "the log does not answer in time; ask again with the same Idempotency-Key")),
      );
      const end = () => timer.cancel();
      work.then(
        (value) => (end(), resolve(value)),
        (error: unknown) => (end(), reject(error as Error)),
      );
    });
  }

  return {
    place,
    async applied(id, data) {
      for (let state = await fromLog(id); state.applied === null; state = await fromLog(id)) {
        const time = clock.now();
        const event = { id: newId(time), time, actor: "pipeline:http", causationId: id };
        const { outcome } = await append(id, state.version, { type: "operator.applied", data, ...event });
        if (outcome === "appended") return;
      }
    },
    async cancel(c, call, reason) {
      const principal = c.get("principal");
      for (let state = call; ; state = await fromLog(call.id)) {
        if (state.cancelled !== null) return false;
        const { outcome } = await append(call.id, state.version, {
          type: "operator.cancelled",
          data: { principal: principal.name, reason },
          ...envelope(principal, newId(clock.now()), call.id),
        });
        if (outcome === "appended") return true;
      }
    },
  };
}

function replay<T>({ requested }: Call, bodyHash: string): Answer<T> & { replayed: true } {
  if (requested === null) throw new Refused(503, "the log could not be read back: ask again");
  if (requested.bodyHash !== bodyHash) {
    throw new Refused(422, "this Idempotency-Key was used for another request: take a new one");
  }
  const { status, body } = requested.answer ?? { status: 202, body: "{}" };
  return { status: status as Status, body: JSON.parse(body) as T, replayed: true };
}
