import type { Context } from "hono";
import type { Child } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Access } from "../access/access.ts";
import type { Ask, LongAsk } from "../asking.ts";
import type { Calls } from "../calls/calls.ts";
import type { Diagnosis } from "../diagnosis.ts";
import type { HttpEnv } from "../openapi.ts";
import type { HttpOptions } from "../options.ts";
import type { System } from "../system.ts";
import type { Assets } from "./assets.ts";
import { type AsOf, type Head, Shell } from "./shell.tsx";
import { type Viewer, viewerOf } from "./viewer.ts";

/** What a page module is given: what the routes stand on, and how to answer with a page. */
export interface Console {
  options: HttpOptions;
  ask: Ask;
  askLong: LongAsk;
  /** Everything that an operator can ask for; the same as the routes have. */
  calls: Calls;
  diagnose(): Promise<Diagnosis>;
  system(): Promise<System>;
  viewer(c: Context<HttpEnv>): Viewer;
  /** Of this moment. Take it before the page's own rows: what they show is no older. */
  asOf(): AsOf;
  page(c: Context<HttpEnv>, head: PageHead, body: Child): Response | Promise<Response>;
}

export interface PageHead extends Head {
  /** 200 unless told. */
  status?: ContentfulStatusCode;
  /** null: nothing on the page is of the read model. Default: of the moment it is rendered. */
  asOf?: AsOf | null;
}

export interface PageOptions {
  options: HttpOptions;
  access: Pick<Access, "formTokens">;
  assets: Assets;
}

/** Answers with whole documents, under a policy that allows this node's own files and nothing inline. */
export function createPage({ options, access, assets }: PageOptions): Pick<Console, "page" | "asOf"> {
  const { readModel, log, clock } = options;

  function asOf(): AsOf {
    return { sequence: readModel.sequence(), now: clock.now(), connected: log.connected(), state: readModel.state() };
  }

  return {
    asOf,
    page(c, { status = 200, asOf: given, ...head }, body) {
      const principal = c.get("principal") as HttpEnv["Variables"]["principal"] | undefined;
      const viewer = principal === undefined ? null : viewerOf(c, access);
      c.header("Content-Security-Policy", policy);
      // With no-referrer a browser says `Origin: null` of our own forms, which is what a stranger's page would say.
      c.header("Referrer-Policy", "same-origin");
      return c.html(
        <Shell c={c} assets={assets} viewer={viewer} asOf={given === undefined ? asOf() : given} {...head}>
          {body}
        </Shell>,
        status,
      );
    },
  };
}

/** No nonce: there is nothing inline that would need one. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");
