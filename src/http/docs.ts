import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import type { Description } from "./description.ts";
import { createRouter, type HttpEnv } from "./openapi.ts";

/** The files of swagger-ui that its page needs, and their content types. */
const assets: Readonly<Record<string, string>> = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
  "favicon-32x32.png": "image/png",
};

/**
 * `GET /openapi.json`, and `GET /docs` that shows it: swagger-ui out of the installed package, so that the page asks no other
 * host for anything.
 */
export function docsRoutes(describe: () => Description): OpenAPIHono<HttpEnv> {
  const require = createRequire(import.meta.url);
  const packageFile = require.resolve("swagger-ui-dist/package.json");
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(packageFile, "utf8")));
  const page = pageOf(version);
  const routes = createRouter();
  routes.get("/openapi.json", (c) => c.json(describe(), 200, { "Cache-Control": "no-cache" }));
  routes.get("/docs", (c) => c.html(page, 200, { "Content-Security-Policy": policy, "Cache-Control": "no-cache" }));
  routes.get("/docs/start.js", (c) =>
    c.body(start, 200, { "Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "no-cache" }),
  );
  routes.get(`/docs/${version}/:name`, async (c, next) => {
    const name = c.req.param("name");
    const type = Object.hasOwn(assets, name) ? assets[name] : undefined;
    if (type === undefined) return next();
    const bytes = await readFile(join(dirname(packageFile), name));
    // Another version has another address.
    return c.body(bytes, 200, { "Content-Type": type, "Cache-Control": "public, max-age=31536000, immutable" });
  });
  return routes;
}

/** Of this page alone: its own scripts; styles that swagger-ui writes into elements; the pictures that its style sheet carries. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Addresses are relative, for a proxy that serves this node below a path of its own. */
function pageOf(version: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>fulltime: HTTP API</title>
<link rel="stylesheet" href="docs/${version}/swagger-ui.css">
<link rel="icon" type="image/png" href="docs/${version}/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<noscript>This page needs JavaScript; <a href="openapi.json">openapi.json</a> is what it shows.</noscript>
<script src="docs/${version}/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`;
}

/** Without the validator's badge, which would ask a server elsewhere. */
const start = `SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
});
`;
