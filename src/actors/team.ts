import type { Models } from "../forecast/models.ts";
import type { Source } from "../sources/source.ts";
import { type Actor, runActor, type RunningActor } from "./actor.ts";
import { alertActor } from "./alert.ts";
import { analyseActor } from "./analyse.ts";
import { callsActor } from "./calls.ts";
import { type Dispatcher, startDispatcher } from "./dispatch.ts";
import { createFloor } from "./floor.ts";
import { intakeActor } from "./intake.ts";
import { lineupsActor } from "./lineups.ts";
import type { Node } from "./node.ts";
import { notifyActor } from "./notify.ts";
import { pollActor, sourceId } from "./poll.ts";
import { predictActor } from "./predict.ts";
import { settleActor } from "./settle.ts";
import type { Receiver } from "./webhook.ts";

export interface TeamOptions {
  /** Which of them work on this node, by name, `dispatch` being the dispatcher; other names are somebody else's. */
  roles: readonly string[];
  source: Source;
  models: Models;
  /** Milliseconds the dispatcher's ticks are put off, so that several nodes do not all decide at once. */
  staggerMs: number;
  /** Who is told of gaps; without one, the node's log alone is. */
  receiver?: Receiver | null;
}

/** The actors and the dispatcher of one node, at work. */
export interface Team {
  readonly actors: readonly RunningActor[];
  /** null on a node without that role. */
  readonly dispatcher: Dispatcher | null;
  /** Resolves at the next delivery that an actor has handled. */
  nextHandled(): Promise<void>;
  /** Drains for at most `drainMs`; resolves with what had to be abandoned. */
  stop(drainMs: number): Promise<string[]>;
}

export function startTeam(node: Node, { roles, source, models, staggerMs, receiver = null }: TeamOptions): Team {
  const members: Record<string, readonly Actor[]> = {
    poll: [pollActor([source])],
    analyse: [analyseActor(node.readModel, models)],
    lineups: [lineupsActor(source)],
    predict: [predictActor(models)],
    settle: [settleActor],
    intake: [intakeActor, callsActor(models.roster)],
    alert: [alertActor(), notifyActor(receiver)],
  };
  let told: () => void = () => {};
  let handled = new Promise<void>((resolve) => (told = resolve));
  const onHandled = () => {
    const tell = told;
    handled = new Promise<void>((resolve) => (told = resolve));
    tell();
  };
  const floor = createFloor();
  const actors: RunningActor[] = [];
  for (const role of roles) {
    for (const member of members[role] ?? []) actors.push(runActor(member, node, floor, onHandled));
  }
  const sources = source.competitions.map(({ id }) => sourceId(source, id));
  const dispatcher = roles.includes("dispatch")
    ? startDispatcher(node, { roster: models.roster, sources, staggerMs })
    : null;
  return {
    actors,
    dispatcher,
    nextHandled: () => handled,
    async stop(drainMs) {
      onHandled();
      await dispatcher?.stop();
      const limit = new AbortController();
      const timer = node.clock.after(drainMs, () => limit.abort());
      const abandoned = (await Promise.all(actors.map((actor) => actor.drain(limit.signal)))).flat();
      timer.cancel();
      return abandoned;
    },
  };
}
