import { Hono, type NotFoundHandler } from "hono";
import type { Access } from "../access/access.ts";
import { consolePatterns, frontDoorPatterns } from "../access/console-paths.ts";
import { createAsk, createLongAsk } from "../asking.ts";
import type { Calls } from "../calls/calls.ts";
import type { Diagnosis } from "../diagnosis.ts";
import type { HttpEnv } from "../openapi.ts";
import type { HttpOptions } from "../options.ts";
import type { System } from "../system.ts";
import { createAssets } from "./assets.ts";
import { backfillsPages } from "./backfills.tsx";
import { failuresPages } from "./failures.tsx";
import { guardForms } from "./form-guard.tsx";
import { gapsPages } from "./gaps.tsx";
import { matchPages } from "./match.tsx";
import { matchesPages } from "./matches.tsx";
import { modelsPages } from "./models.tsx";
import { type Console, createPage } from "./page.tsx";
import { notFoundPage, problemPages } from "./problem-page.tsx";
import { requestPages } from "./requests.tsx";
import { signInPages } from "./sign-in.tsx";
import { systemPages } from "./system.tsx";
import { themeRoutes } from "./theme.ts";
import { tonightPages } from "./tonight.tsx";
import { viewerOf } from "./viewer.ts";

export interface ConsoleOptions {
  options: HttpOptions;
  access: Access;
  calls: Calls;
  diagnose: () => Promise<Diagnosis>;
  system: () => Promise<System>;
}

export interface ConsoleParts {
  /** Before everything else, the guards of all routes too: what is refused on a page is told by a page. */
  outer: Hono<HttpEnv>;
  /** The pages and the files they need. Its guards of who reads come first, those of bodies are in between. */
  identity: Hono<HttpEnv>;
  routes: Hono<HttpEnv>;
  /** For paths that nobody serves. */
  notFound: NotFoundHandler<HttpEnv>;
}

/** The operator's console: one module a page, each a function of what the read model and the calls answer. */
export function createConsole({ options, access, calls, diagnose, system }: ConsoleOptions): ConsoleParts {
  const assets = createAssets();
  const viewer: Console["viewer"] = (c) => viewerOf(c, access);
  const console: Console = {
    options,
    ask: createAsk(options),
    askLong: createLongAsk(options),
    calls,
    diagnose,
    system,
    viewer,
    ...createPage({ options, access, assets }),
  };
  const outer = new Hono<HttpEnv>();
  const identity = new Hono<HttpEnv>();
  const routes = new Hono<HttpEnv>();
  for (const pattern of [...consolePatterns, ...frontDoorPatterns]) outer.use(pattern, problemPages(console));
  for (const pattern of frontDoorPatterns) identity.use(pattern, ...access.frontDoor);
  for (const pattern of consolePatterns) {
    identity.use(pattern, ...access.console);
    routes.use(pattern, guardForms(console, access));
  }
  routes.route("/", assets.routes);
  routes.route("/", themeRoutes());
  routes.route("/", signInPages(console, access));
  for (const pages of [
    tonightPages,
    matchesPages,
    matchPages,
    gapsPages,
    failuresPages,
    backfillsPages,
    requestPages,
    modelsPages,
    systemPages,
  ]) {
    routes.route("/", pages(console));
  }
  return { outer, identity, routes, notFound: notFoundPage(console) };
}
