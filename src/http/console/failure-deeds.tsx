import { type Context, Hono } from "hono";
import { z } from "zod";
import { readForm } from "../access/form.ts";
import type { RetryAnswer, RetryBody } from "../calls/retry.ts";
import * as fields from "../fields.ts";
import type { HttpEnv } from "../openapi.ts";
import { Refused } from "../problem.ts";
import { differencesIn, isStale } from "./backfill-preview.tsx";
import { MarkPreview, MarkResults } from "./components/marks.tsx";
import { RetryPreview } from "./components/retry-plan.tsx";
import { ResultList } from "./components/results.tsx";
import { choiceOf, type FailureChoice, failureChoiceSchema, filterOf, listFields } from "./failure-choice.ts";
import { failureIds } from "./failure-groups.ts";
import { markAll } from "./mark-all.ts";
import type { Console } from "./page.tsx";
import { placedBefore } from "./placed.ts";
import { callIdIn, planHashIn } from "./posted.ts";
import { queryOf, readFields } from "./read-fields.ts";
import { reasonIn } from "./reason.ts";
import type { AsOf } from "./shell.tsx";

/** What a retry names at most. */
const namedMax = 1000;
/** Each is a request of its own: so many are sent within a second or two. */
const markedMax = 200;

const section = "/failures";

/**
 * `GET /failures/plan`: what a retry, a dismissal or its undoing would do. `POST /failures/{retry,dismiss,restore}` do that.
 */
export function failureDeeds(console: Console): Hono<HttpEnv> {
  const { ask, askLong, calls, page, viewer, asOf } = console;

  const choiceIn = (params: URLSearchParams): FailureChoice => {
    const choice = choiceOf(readFields(failureChoiceSchema, params, listFields));
    if (choice.match?.length === 0) throw new Refused(400, "tick at least one match, or take all that fit");
    if (choice.asked.stage !== "settle")
      throw new Refused(422, "settlements alone are retried or dismissed: for the other stages there are backfills");
    return choice;
  };

  /** What a retry asks for: by its category where that says it, by name where a cause or a reader chose. */
  async function retryOf({ match, asked }: FailureChoice): Promise<{ body: RetryBody; more: boolean }> {
    if (match !== null) return { body: { matchIds: match }, more: false };
    const { category, fingerprint } = asked;
    if (fingerprint === undefined) return { body: category === undefined ? { all: true } : { category }, more: false };
    const { ids, more } = await askLong((it) => failureIds(it, filterOf(asked), namedMax));
    return { body: { matchIds: ids }, more };
  }

  async function retryPreview(c: Context<HttpEnv>, choice: FailureChoice, after: string | null) {
    const at = asOf();
    const { body, more } = await retryOf(choice);
    const { body: answer } = await calls.retry(c, { ...body, dryRun: true });
    return showRetry(c, at, { choice, answer, more, after });
  }

  interface RetryShown {
    choice: FailureChoice;
    answer: RetryAnswer;
    more: boolean;
    after: string | null;
    reason?: string | undefined;
    differences?: readonly string[];
  }

  function showRetry(c: Context<HttpEnv>, at: AsOf, shown: RetryShown) {
    const { differences = [] } = shown;
    return page(
      c,
      { title: "Preview of a retry", section, follows: "none", asOf: at, status: differences.length > 0 ? 409 : 200 },
      <RetryPreview {...shown} differences={differences} viewer={viewer(c)} />,
    );
  }

  async function markPreview(c: Context<HttpEnv>, { deed, match, asked }: FailureChoice) {
    const at = asOf();
    const as = deed === "restore" ? "restored" : "dismissed";
    const { ids, more } =
      match !== null
        ? { ids: match.slice(0, markedMax), more: match.length > markedMax }
        : await askLong((it) => failureIds(it, { ...filterOf(asked), dismissed: as === "restored" }, markedMax));
    return page(
      c,
      {
        title: as === "restored" ? "Preview of an undoing" : "Preview of a dismissal",
        section,
        follows: "none",
        asOf: at,
      },
      <MarkPreview as={as} ids={ids} more={more} viewer={viewer(c)} />,
    );
  }

  const routes = new Hono<HttpEnv>();
  routes.get("/failures/plan", async (c) => {
    const query = queryOf(c);
    const choice = choiceIn(query);
    const after = fields.matchIdSchema.safeParse(query.get("after")).data ?? null;
    return choice.deed === "retry" ? retryPreview(c, choice, after) : markPreview(c, choice);
  });
  // What a post answered has no address of its own: whoever asks for it again, as by another theme, gets the list.
  for (const path of ["/failures/retry", "/failures/dismiss", "/failures/restore"])
    routes.get(path, (c) => c.redirect("/failures", 303));
  routes.post("/failures/retry", async (c) => {
    const form = await readForm(c);
    const key = callIdIn(form);
    const before = placedBefore(c, ask, key);
    if (before !== null) return c.redirect(`/requests/${before}`, 303);
    const planHash = planHashIn(form);
    const choice = choiceIn(form);
    const reason = reasonIn(form);
    const { body, more } = await retryOf(choice);
    try {
      const { body: answer } = await calls.retry(c, { ...body, planHash, ...fields.given({ reason }) }, key);
      if (answer.requestId !== null) return c.redirect(`/requests/${answer.requestId}`, 303);
      const { skipped, skippedTotal } = answer;
      return page(
        c,
        { title: "Nothing was asked for", section, follows: "none" },
        <ResultList accepted={0} skipped={skipped.slice(0, markedMax)} skippedTotal={skippedTotal} />,
      );
    } catch (error) {
      if (!isStale(error)) throw error;
      const at = asOf();
      const { body: answer } = await calls.retry(c, { ...body, dryRun: true });
      return showRetry(c, at, { choice, answer, more, after: null, reason, differences: differencesIn(error) });
    }
  });
  for (const [path, as] of [
    ["/failures/dismiss", "dismissed"],
    ["/failures/restore", "restored"],
  ] as const) {
    routes.post(path, async (c) => {
      const form = await readForm(c);
      const key = callIdIn(form);
      const { match: ids = [] } = readFields(marksSchema, form, listFields);
      const reason = reasonIn(form) ?? null;
      if (as === "dismissed" && reason === null) throw new Refused(422, "a dismissal needs its reason");
      const results = await markAll((id, own) => calls.mark(c, { matchId: id, as, reason }, own), ids, key);
      return page(
        c,
        { title: as === "dismissed" ? "Dismissed" : "Put back", section, follows: "none" },
        <MarkResults as={as} {...results} viewer={viewer(c)} />,
      );
    });
  }
  return routes;
}

const marksSchema = z.object({
  match: fields.matchIdSchema.array().max(markedMax, `${markedMax} at a time`).optional(),
});
