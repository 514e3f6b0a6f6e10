import { callsActor } from "../../../src/actors/calls.ts";
import { missed } from "../../support/ended-lives.ts";
import { type History, history, hour, kickoff, roster } from "../../support/history.ts";
import { type Served, serve } from "../support.ts";

/** When the routes are asked. */
export const now = kickoff + 3 * hour;

/** Void for want of an analysis. */
export const settledLife = (id: string) => missed(id).requested("settle").settled();

export const ahead = (id: string) => history(id, kickoff).scheduled({ kickoff: now + 5 * hour });

export interface Desk extends Served {
  send(method: "POST" | "DELETE", path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
}

export interface DeskOptions {
  /** Whether calls are carried out. */
  working?: boolean;
  server?: Served["server"];
}

/** The routes over these lives, with a node that carries calls out. */
export async function desk(lives: readonly History[], { working = true, server }: DeskOptions = {}): Promise<Desk> {
  const served = await serve({
    at: now,
    access: { quotas: { admin: { quota: 1000, window: 60 } } },
    ...(server === undefined ? {} : { server }),
  });
  for (const life of lives) await served.write(life);
  if (working) served.run(callsActor(roster));
  return {
    ...served,
    send: (method, path, body, headers = {}) =>
      served.ask(`/api/admin${path}`, {
        method,
        headers: body === undefined ? headers : { "Content-Type": "application/json", ...headers },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      }),
  };
}
