import { assert, asyncProperty } from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { callsActor } from "../../src/actors/calls.ts";
import { type Description, type Method, operationsOf, type Operation } from "../../src/http/description.ts";
import { history, hour, kickoff, minute, roster } from "../support/history.ts";
import { type Asked, requestsTo } from "./openapi-requests.ts";
import { type Served, serve } from "./support.ts";

/** Matches in every state a route tells of: failed, dismissed, settled, unread, missed, to come. */
async function world(): Promise<Served> {
  const quota = { quota: 1_000_000, window: 60 };
  const quotas = { admin: quota, read: quota, anonymous: quota, login: quota };
  const served = await serve({ at: kickoff + 4 * hour, access: { quotas } });
  const analysed = (id: string) =>
    history(id)
      .scheduled()
      .at(kickoff - 6 * hour)
      .requested("analyse")
      .analysed();
  const settled = analysed("pl-settled")
    .at(kickoff - 30 * minute)
    .requested("predict")
    .predicted();
  await served.write(
    settled
      .at(kickoff + 2 * hour)
      .finished()
      .requested("settle")
      .settled(),
  );
  for (const id of ["pl-failed", "pl-dismissed"]) {
    const life = analysed(id)
      .at(kickoff + 2 * hour)
      .finished()
      .requested("settle")
      .failed("settle", { category: "bug" });
    if (id === "pl-dismissed") life.event("match.failure.dismissed", { stage: "settle", by: "me", reason: "known" });
    await served.write(life);
  }
  await served.write(history("pl-missed").scheduled());
  await served.write(history("pl-to-come").scheduled({ kickoff: kickoff + 6 * hour }));
  await served.write(
    history("pl-old")
      .scheduled({ purpose: "history" })
      .at(kickoff + 2 * hour)
      .finished(),
  );
  served.server.publish("match.pl-settled.unheard-of", new TextEncoder().encode("no JSON"));
  await served.node.readModel.reached(served.server.messages.length);
  // Calls are carried out, as on any node: an answer may wait for that.
  served.run(callsActor(roster));
  return served;
}

const known = [
  "pl-settled",
  "pl-failed",
  "pl-dismissed",
  "pl-missed",
  "pl-to-come",
  "pl-old",
  "2017-01-14",
  "1",
  "settle",
];

/** What is made before what looks at it, and both before what takes it away. */
const order: readonly Method[] = ["post", "get", "put", "patch", "delete"];

/** Few, so that each comes up. */
const learntMax = 40;

/** Ids, cursors and hashes in an answer: what a caller would go on with. */
function namesIn(text: string): string[] {
  return [...text.matchAll(/"(?:nextCursor|planHash|\w*Id|id)":"([^"\\]+)"/g)].map(([, value]) => value ?? "");
}

async function described(served: Served): Promise<Description> {
  return (await (await served.ask("/openapi.json")).json()) as Description;
}

interface Answer {
  description?: string;
  content?: Record<string, { schema?: object }>;
}

/** Checks answers against the published document alone: what a program generated from it would be handed. */
function checker(description: Description) {
  const made = new Map<object, z.ZodType>();

  function schemaOf(schema: object): z.ZodType {
    const standing = made.get(schema);
    if (standing !== undefined) return standing;
    const text = JSON.stringify({ ...schema, $defs: description.components?.schemas ?? {} });
    const parser = z.fromJSONSchema(
      JSON.parse(text.replaceAll("#/components/schemas/", "#/$defs/")) as z.core.JSONSchema.JSONSchema,
    );
    made.set(schema, parser);
    return parser;
  }

  /** Resolves with the text that was answered. */
  return async (operation: Operation, { path, init }: Asked, response: Response): Promise<string> => {
    const label = `${init.method} ${path} ${JSON.stringify(init)} -> ${response.status}`;
    const answer = (operation.responses as Record<string, Answer> | undefined)?.[String(response.status)];
    expect(answer, `${label} is not described`).toBeDefined();
    const [type = ""] = (response.headers.get("Content-Type") ?? "").split(";");
    if (type === "text/event-stream") {
      const reader = response.body?.getReader();
      expect((await reader?.read())?.value?.byteLength, label).toBeGreaterThan(0);
      await reader?.cancel();
      return "";
    }
    const text = await response.text();
    if (answer?.content === undefined) expect(text, label).toBe("");
    if (answer?.content === undefined) return text;
    const content = answer.content[type];
    expect(content, `${label} ${type} is not described`).toBeDefined();
    if (!type.endsWith("json")) return text;
    const checked = schemaOf(content?.schema ?? {}).safeParse(JSON.parse(text));
    expect(checked.success ? "" : z.prettifyError(checked.error), `${label} ${text.slice(0, 500)}`).toBe("");
    return text;
  };
}

describe("whatever is asked, the answer is as the description has it", () => {
  test("and never an error of ours", { timeout: 120_000 }, async () => {
    const served = await world();
    const description = await described(served);
    const check = checker(description);
    const statuses = new Map<string, Set<number>>();
    const learnt = new Set(known);
    const routes = operationsOf(description).sort((a, b) => order.indexOf(a.method) - order.indexOf(b.method));
    for (const route of routes) {
      const seen = new Set<number>();
      statuses.set(`${route.method} ${route.path}`, seen);
      await assert(
        asyncProperty(requestsTo(description, route, [...learnt]), async (asked) => {
          const response = await served.ask(asked.path, asked.init);
          seen.add(response.status);
          expect(response.status, `${asked.init.method} ${asked.path}`).toBeLessThan(500);
          for (const value of namesIn(await check(route.operation, asked, response))) {
            if (learnt.size < learntMax) learnt.add(value);
          }
        }),
        { numRuns: 100 },
      );
    }
    // A generator that never got past the door would prove nothing.
    for (const [route, seen] of statuses) expect(Math.min(...seen), route).toBeLessThan(400);
    expect(served.logged.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  });

  test("and while NATS is away, 503 only where that is described", { timeout: 120_000 }, async () => {
    const served = await world();
    const description = await described(served);
    const check = checker(description);
    served.connect(false);
    for (const route of operationsOf(description).filter(({ method }) => method === "get")) {
      await assert(
        asyncProperty(requestsTo(description, route, known), async (asked) => {
          const response = await served.ask(asked.path, asked.init);
          expect([500, 501, 502, 504]).not.toContain(response.status);
          await check(route.operation, asked, response);
        }),
        { numRuns: 30 },
      );
    }
  });
});
