import { assert, asyncProperty } from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { callsActor } from "../../src/actors/calls.ts";
import { type Description, operationsOf, type Operation } from "../../src/http/description.ts";
import { history, hour, kickoff, minute, roster } from "../support/history.ts";
import { type Asked, requestsTo } from "./openapi-requests.ts";
import { type Served, serve } from "./support.ts";

/** Matches in every state a route tells of: failed, dismissed, settled, unread, missed, to come. */
async function world(): Promise<{ served: Served; known: string[] }> {
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
  const body = JSON.stringify({ matchIds: ["pl-missed"] });
  const headers = { "Content-Type": "application/json" };
  const asked = await (await served.ask("/api/admin/backfill", { method: "POST", headers, body })).text();
  return {
    served,
    known: [...ids, "2017-01-14", "1", "settle", ...namesIn(asked), ...namesIn(asked), ...namesIn(asked)],
  };
}

const ids = ["pl-settled", "pl-failed", "pl-dismissed", "pl-missed", "pl-to-come", "pl-old"];

/** What chance does not find: two models of one table, and no filter that leaves neither. */
const examples: Record<string, readonly string[]> = {
  "/api/models/compare": [`/api/models/compare?first=${roster[0]?.model}&second=${roster[1]?.model}`],
};

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

  return async (operation: Operation, { path, init }: Asked, response: Response): Promise<void> => {
    const label = `${init.method} ${path} ${JSON.stringify(init)} -> ${response.status}`;
    const answer = operation.responses?.[String(response.status)] as Answer | undefined;
    expect(answer, `${label} is not described`).toBeDefined();
    const [type = ""] = (response.headers.get("Content-Type") ?? "").split(";");
    if (type === "text/event-stream") {
      const reader = response.body?.getReader();
      expect((await reader?.read())?.value?.byteLength, label).toBeGreaterThan(0);
      await reader?.cancel();
      return;
    }
    const text = await response.text();
    if (answer?.content === undefined) return expect(text, label).toBe("");
    const content = answer.content[type];
    expect(content, `${label} ${type} is not described`).toBeDefined();
    if (!type.endsWith("json")) return;
    const checked = schemaOf(content?.schema ?? {}).safeParse(JSON.parse(text));
    expect(checked.success ? "" : z.prettifyError(checked.error), `${label} ${text.slice(0, 500)}`).toBe("");
  };
}

describe("whatever is asked, the answer is as the description has it", () => {
  test("and never an error of ours", { timeout: 120_000 }, async () => {
    const description = await described((await world()).served);
    const check = checker(description);
    for (const route of operationsOf(description)) {
      // One for each, as what one route does leaves another nothing to do.
      const { served, known } = await world();
      const seen = new Set<number>();
      await assert(
        asyncProperty(requestsTo(description, route, known), async (asked) => {
          const response = await served.ask(asked.path, asked.init);
          seen.add(response.status);
          expect(response.status, `${asked.init.method} ${asked.path}`).toBeLessThan(500);
          await check(route.operation, asked, response);
        }),
        {
          numRuns: 150,
          examples: (examples[route.path] ?? []).map((path) => [{ path, init: { method: "GET", headers: {} } }]),
        },
      );
      // A generator that never got past the door would prove nothing.
      expect(Math.min(...seen), `${route.method} ${route.path}`).toBeLessThan(400);
      expect(served.logged.filter(({ level }) => Number(level) >= 50)).toEqual([]);
    }
  });

  test("and while NATS is away, 503 only where that is described", { timeout: 120_000 }, async () => {
    const { served, known } = await world();
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
