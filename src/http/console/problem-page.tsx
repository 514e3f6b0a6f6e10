import type { Context, MiddlewareHandler, NotFoundHandler } from "hono";
import { accepts } from "hono/accepts";
import type { PropsWithChildren } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { z } from "zod";
import { isConsolePage } from "../access/console-paths.ts";
import { readForm } from "../access/form.ts";
import { isSafe } from "../access/safe.ts";
import type { HttpEnv } from "../openapi.ts";
import { notFound, problemSchema } from "../problem.ts";
import { Notice } from "./components/state.tsx";
import { Text } from "./components/text.tsx";
import { Again } from "./form-guard.tsx";
import type { Console } from "./page.tsx";
import { signedOutPage } from "./sign-in.tsx";

/** Shows whatever is refused on a page of the console as a page too: its guards and handlers answer with problems. */
export function problemPages(console: Pick<Console, "page" | "viewer">): MiddlewareHandler<HttpEnv> {
  const { page } = console;

  return async function problemPages(c, next) {
    await next();
    if (!c.res.headers.get("Content-Type")?.startsWith("application/problem+json")) return;
    const problem = problemSchema.parse(await c.res.json());
    const { status } = c.res;
    const isSent = !isSafe(c.req.method) && isConsolePage(c.req.path);
    if (status === 401 && isSent) {
      c.res = await signedOutPage({ page }, c);
      return;
    }
    const principal = c.get("principal") as HttpEnv["Variables"]["principal"] | undefined;
    // Of whoever was not identified yet nothing is read: its body may be of any length.
    const form = isSent && passing.has(status) && principal !== undefined ? await readForm(c) : null;
    c.res = await page(
      c,
      { title: titles[status] ?? problem.title, section: null, asOf: null, status: status as ContentfulStatusCode },
      <Problem problem={problem} retryAfter={c.res.headers.get("Retry-After")} isKept={form !== null}>
        {form === null ? null : <Again viewer={console.viewer(c)} action={c.req.path} form={form} />}
      </Problem>,
    );
  };
}

/** What is refused with these may be taken a moment later: what somebody has written is kept for that. */
const passing: ReadonlySet<number> = new Set([429, 500, 503]);

const titles: Readonly<Record<number, string>> = {
  400: "That cannot be read",
  401: "Nobody is signed in",
  403: "That is not allowed",
  404: "There is no such page",
  409: "That no longer fits",
  422: "That cannot be done",
  429: "Too many requests",
  500: "This page could not be made",
  503: "There is no answer now",
};

const remedies: Readonly<Record<number, string>> = {
  401: "Sign in, then send it again.",
  409: "Look at it anew: it has changed since you saw it.",
  503: "Nothing was changed. Ask again in a moment: this page does not do so by itself.",
};

interface ProblemProps {
  problem: z.infer<typeof problemSchema>;
  /** Seconds. */
  retryAfter: string | null;
  /** What was sent follows, to be sent again. */
  isKept: boolean;
}

function Problem({ problem, retryAfter, isKept, children }: PropsWithChildren<ProblemProps>) {
  const { status, detail } = problem;
  const differences = Array.isArray(problem.differences) ? problem.differences.map(String) : [];
  const remedy = remedies[status];
  return (
    <>
      <Notice tone="bad" title={<Text value={detail} max={1000} />}>
        {isKept ? <p>What you sent is kept below.</p> : remedy === undefined ? null : <p>{remedy}</p>}
        {retryAfter === null ? null : (
          <p>
            {isKept ? "It may be sent" : "It may be asked"} again in {retryAfter} s.
          </p>
        )}
      </Notice>
      {differences.length === 0 ? null : <Differences differences={differences} />}
      {children}
      {isKept ? null : <p>{status === 401 ? <a href="/sign-in">Sign in</a> : <a href="/">Back to Tonight</a>}</p>}
    </>
  );
}

/**
 * Shows that there is no such page to whoever looks for one, as a browser does; to others, and below `/api`, the problem. Does not
 * repeat the path: a link with a secret in it must not become a page with one.
 */
export function notFoundPage({ page }: Pick<Console, "page">): NotFoundHandler<HttpEnv> {
  return function notFoundPage(c) {
    const { path } = c.req;
    if (path === "/api" || path.startsWith("/api/") || !wantsHtml(c)) return notFound(c);
    return page(
      c,
      { title: titles[404] ?? "", section: null, asOf: null, status: 404 },
      <>
        <p>Perhaps its address was mistyped, or is from another release.</p>
        <p>
          <a href="/">Back to Tonight</a>
        </p>
      </>,
    );
  };
}

/** `*\/*` does not say so: it is what scripts and `curl` send. */
function wantsHtml(c: Context<HttpEnv>): boolean {
  return (
    accepts(c, { header: "Accept", supports: ["application/json", "text/html"], default: "application/json" }) ===
    "text/html"
  );
}

/** What has changed since a plan was shown. */
export function Differences({ differences }: { differences: readonly string[] }) {
  return (
    <section>
      <h2>What has changed</h2>
      <ul>
        {differences.map((it) => (
          <li>
            <Text value={it} />
          </li>
        ))}
      </ul>
    </section>
  );
}
