import type { OpenAPIHono } from "@hono/zod-openapi";
import { packageVersion } from "../version.ts";
import type { HttpEnv } from "./openapi.ts";
import { about } from "./openapi.ts";
import { probePaths } from "./access/probes.ts";

/** An OpenAPI 3.1 document. */
export type Description = ReturnType<OpenAPIHono<HttpEnv>["getOpenAPI31Document"]>;
type PathItem = NonNullable<Description["paths"]>[string];
export type Operation = NonNullable<PathItem["get"]>;

const methods = ["get", "post", "put", "patch", "delete"] as const;
export type Method = (typeof methods)[number];

/** What every route may be answered by before it is reached; one with a body may be refused for that besides. */
const everywhere = [400, 403] as const;
/** But the probes, which answer whoever asks, however often. */
const limited = [401, 429, 503] as const;
const withBody = [413, 415] as const;

/** Describes every route of `app` by its schemas. Made once, when first asked for: by then all routes are there. */
export function describeRoutes(app: OpenAPIHono<HttpEnv>): () => Description {
  app.openAPIRegistry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    description:
      "the admin token, or one of the file of principals; none is needed on loopback while none is configured",
  });
  let made: Description | null = null;
  return () => {
    made ??= complete(
      app.getOpenAPI31Document({
        openapi: "3.1.0",
        info: {
          title: "fulltime",
          version: packageVersion(),
          description:
            "Keeps football predictions complete. Errors are problem documents (RFC 9457). Instants are ISO 8601, UTC, of the pipeline's clock.",
          license: { name: "MIT" },
        },
        servers: [{ url: "/" }],
        tags: [
          { name: "matches", description: "what is known of the matches" },
          { name: "models", description: "how the panel does" },
          { name: "operations", description: "what needs somebody, and what somebody can do about it" },
          { name: "node", description: "how this node is" },
        ],
      }),
    );
    return made;
  };
}

/** Every operation, in the order of the document. */
export function operationsOf(description: Description): { method: Method; path: string; operation: Operation }[] {
  return Object.entries(description.paths ?? {}).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method];
      return operation === undefined ? [] : [{ method, path, operation }];
    }),
  );
}

/** Says of each operation what the routes themselves need not repeat. */
function complete(description: Description): Description {
  for (const { method, path, operation } of operationsOf(description)) {
    operation.operationId ??= nameOf(method, path);
    operation.tags ??= [path.startsWith("/api/admin/") ? "operations" : "node"];
    const responses = (operation.responses ??= {});
    const always = probePaths.has(path) ? everywhere : [...everywhere, ...limited];
    for (const status of method === "get" ? always : [...always, ...withBody])
      responses[status] ??= problemAnswer(about[status]);
    responses.default ??= problemAnswer("an error that nobody foresaw");
  }
  return description;
}

/** `getApiAdminProjections` of GET /api/admin/projections. */
function nameOf(method: Method, path: string): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  return method + words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join("");
}

function problemAnswer(text: string) {
  return {
    description: text,
    content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
  };
}
