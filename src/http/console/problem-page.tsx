import type { MiddlewareHandler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { z } from "zod";
import { isSafe } from "../access/safe.ts";
import type { HttpEnv } from "../openapi.ts";
import { problemSchema } from "../problem.ts";
import { Notice } from "./components/state.tsx";
import { Text } from "./components/text.tsx";
import type { Console } from "./page.tsx";
import { signedOutPage } from "./sign-in.tsx";

/** Shows whatever is refused on a page of the console as a page too: its guards and handlers answer with problems. */
export function problemPages({ page }: Pick<Console, "page">): MiddlewareHandler<HttpEnv> {
  return async function problemPages(c, next) {
    await next();
    if (!c.res.headers.get("Content-Type")?.startsWith("application/problem+json")) return;
    const problem = problemSchema.parse(await c.res.json());
    const { status } = c.res;
    if (status === 401 && !isSafe(c.req.method)) {
      c.res = await signedOutPage({ page }, c);
      return;
    }
    c.res = await page(
      c,
      { title: titles[status] ?? problem.title, section: null, asOf: null, status: status as ContentfulStatusCode },
      <Problem problem={problem} retryAfter={c.res.headers.get("Retry-After")} />,
    );
  };
}

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

function Problem({ problem, retryAfter }: { problem: z.infer<typeof problemSchema>; retryAfter: string | null }) {
  const { status, detail } = problem;
  const differences = Array.isArray(problem.differences) ? problem.differences.map(String) : [];
  const remedy = remedies[status];
  return (
    <>
      <Notice tone="bad" title={<Text value={detail} max={1000} />}>
        {remedy === undefined ? null : <p>{remedy}</p>}
        {retryAfter === null ? null : <p>It may be asked again in {retryAfter} s.</p>}
      </Notice>
      {differences.length === 0 ? null : <Differences differences={differences} />}
      <p>{status === 401 ? <a href="/sign-in">Sign in</a> : <a href="/">Back to Tonight</a>}</p>
    </>
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
