import { monotonicFactory } from "ulid";
import type { MemoryServer } from "../../src/events/memory.ts";
import { letterBox, subjectOf } from "../../src/events/subjects.ts";
import type { NewEvent } from "../../src/match/event.ts";
import type { Judge } from "./judge.ts";
import type { Host } from "./node.ts";
import type { Fault } from "./plan.ts";
import type { Random } from "./random.ts";
import { competition, hour } from "./units.ts";
import type { World } from "./world.ts";

/** A death that waits for its node to be in the middle of something. */
export interface Doom {
  host: Host;
  left: number;
  downMs: number;
  wipe: boolean;
}

export interface FaultMaker {
  apply(fault: Fault): void;
  /** When the log last refused, and whether it does now. */
  refusing(): { now: boolean; until: number };
}

interface Stage {
  world: World;
  now: () => number;
  server: MemoryServer;
  hosts: readonly Host[];
  judge: Judge;
  random: Random;
  /** Does a fault at a later time. */
  later: (at: number, fault: Fault) => void;
  doom: (doom: Doom) => void;
  freeze: (host: Host, durable: string | null, until: number) => void;
}

export function createFaults({ world, now, server, hosts, judge, random, later, doom, freeze }: Stage): FaultMaker {
  const newId = monotonicFactory(() => random.next());
  const operator = server.connect();
  const letters: string[] = [];
  let refusedUntil = Number.NEGATIVE_INFINITY;
  let isRefusing = false;
  /** After the faults' end everything comes back soon. */
  const back = (ms: number) => Math.min(now() + ms, Math.max(now(), world.healAt) + (ms % 20_000));

  function apply(fault: Fault): void {
    const host = "node" in fault ? hosts[fault.node] : undefined;
    switch (fault.do) {
      case "start":
        return host?.start();
      case "crash":
        return host === undefined
          ? undefined
          : doom({ host, left: fault.afterOperations, downMs: fault.downMs, wipe: fault.wipe });
      case "drain":
        if (host?.life?.state !== "up") return;
        host.drain();
        return later(back(fault.downMs + 30_000), { do: "start", node: fault.node });
      case "freeze":
        return host === undefined ? undefined : freeze(host, fault.durable, now() + fault.ms);
      case "redeliver":
        return server.redeliver(fault.durable, null);
      case "remove-consumer":
        return server.removeConsumer(fault.durable);
      case "refuse":
        return refuse(fault.ms);
      case "letter":
        return post(letter(fault.kind, fault.draw));
      case "retry":
        return retry(fault.draw);
      case "call":
        return call(fault.draw);
      case "cancel":
        return cancel(fault.draw);
      case "forge":
        return forge(fault.kind, fault.draw);
    }
  }

  function refuse(ms: number): void {
    if (ms === 0) {
      isRefusing = false;
      refusedUntil = now();
      return server.refuse(null);
    }
    if (isRefusing) return;
    isRefusing = true;
    server.refuse("the disk is full");
    later(now() + ms, { do: "refuse", ms: 0 });
  }

  function post(body: string | null): void {
    if (body === null) return;
    letters.push(body);
    server.publish(letterBox, body);
  }

  function letter(kind: Extract<Fault, { do: "letter" }>["kind"], draw: number): string | null {
    const ids = world.fixtures.map(({ id }) => id);
    const one = ids[draw % ids.length] as string;
    const stages = [undefined, undefined, ["predict"], ["analyse"], ["settle"], ["predict", "settle"]][draw % 6];
    const asked = {
      ...(stages === undefined ? {} : { stages }),
      ...(draw % 2 === 0 ? { by: "someone", reason: "it lacks" } : {}),
    };
    switch (kind) {
      case "match":
        return JSON.stringify({ matchId: one, ...asked });
      case "matches":
        return JSON.stringify({
          matchIds: [one, `${competition}-2024-nobody-knows`, ids[(draw + 1) % ids.length]],
          ...asked,
        });
      case "days":
        return JSON.stringify({ days: 1 + (draw % 7), ...asked });
      case "again":
        return letters.length === 0 ? null : (letters[draw % letters.length] as string);
      case "broken":
        return ["not json", "[]", '{"matchId": 7}', '{"days": -1}', '{"match": "x"}', "x".repeat(70_000)][
          draw % 6
        ] as string;
      case "unknown":
        return JSON.stringify({ matchId: ["no.match", "_", `${competition}-2024-x-y`][draw % 3] });
      case "stored": {
        const stored = server.messages.filter(
          ({ subject }) => subject.endsWith(".retro.requested") && subject !== letterBox,
        );
        const found = stored[draw % Math.max(1, stored.length)];
        return found === undefined ? null : new TextDecoder().decode(found.body);
      }
    }
  }

  /** As an admin call appends it; where someone else is quicker it is not repeated. */
  function retry(draw: number): void {
    judge.catchUp();
    const matches = [...judge.view.matches()].filter(({ fixture, id }) => fixture !== null && id !== "_");
    const match = matches[draw % Math.max(1, matches.length)];
    if (match === undefined) return;
    const time = now();
    const event: NewEvent<"match.retry.requested"> = {
      id: newId(time),
      type: "match.retry.requested",
      time,
      actor: "operator:olga",
      causationId: null,
      data: { by: "olga", reason: null, stages: draw % 3 === 0 ? ["settle"] : null, letter: null },
    };
    void operator.append({ root: "match", id: match.id }, match.version, [event]);
  }

  const calls: string[] = [];

  /** As the admin API appends it. */
  function call(draw: number): void {
    const time = now();
    const id = newId(time);
    const ids = world.fixtures.map((fixture) => fixture.id);
    const named = draw % 3 === 0 ? null : [ids[draw % ids.length] as string, ids[(draw + 1) % ids.length] as string];
    const retries = draw % 4 === 0;
    const span = { from: new Date(time - 7 * 24 * hour).toISOString(), to: new Date(time + hour).toISOString() };
    const event: NewEvent<"operator.requested"> = {
      id,
      type: "operator.requested",
      time,
      actor: "operator:olga",
      causationId: null,
      data: {
        principal: "olga",
        order: {
          what: retries ? "settlement.retry" : "backfill",
          matchIds: named,
          category: null,
          window: retries || named !== null ? null : span,
          stages: draw % 5 === 0 ? ["predict"] : null,
          reason: "it lacks",
        },
        planHash: null,
        idempotencyKey: null,
        bodyHash: "",
        answer: null,
      },
    };
    calls.push(id);
    void operator.append({ root: "operator", id }, 0, [event]);
  }

  function cancel(draw: number): void {
    const found = calls[draw % Math.max(1, calls.length)] ?? "none";
    const newest = server.messages.findLast(({ subject }) => subject.startsWith(`operator.${found}.`));
    // A call that the log refused is nobody's to cancel.
    if (newest === undefined) return;
    const time = now();
    const event: NewEvent<"operator.cancelled"> = {
      id: newId(time),
      type: "operator.cancelled",
      time,
      actor: "operator:otto",
      causationId: found,
      data: { principal: "otto", reason: "wrong week" },
    };
    void operator.append({ root: "operator", id: found }, newest.sequence, [event]);
  }

  function forge(kind: Extract<Fault, { do: "forge" }>["kind"], draw: number): void {
    const ofMatches = server.messages.filter(
      ({ subject }) => subject.startsWith("match.") && subject !== letterBox && !subject.endsWith(".settled"),
    );
    const found = ofMatches[draw % Math.max(1, ofMatches.length)];
    if (found === undefined) return;
    const id = found.subject.split(".")[1] as string;
    switch (kind) {
      case "copy":
        return void server.publish(found.subject, found.body);
      case "junk":
        return void server.publish(subjectOf({ root: "match", id }, "match.request.rejected"), "{]");
      case "unknown-type":
        return void server.publish(`match.${id}.from.the.future`, found.body);
      case "contradiction":
        return void server.publish(`match.${world.fixtures[draw % world.fixtures.length]?.id}.predicted`, found.body);
    }
  }

  return { apply, refusing: () => ({ now: isRefusing, until: refusedUntil }) };
}
