import type { Context } from "hono";
import type { Child } from "hono/jsx";
import type { BackfillAnswer, BackfillBody } from "../calls/backfill.ts";
import * as fields from "../fields.ts";
import type { HttpEnv } from "../openapi.ts";
import { Refused } from "../problem.ts";
import { Action, Field, type Fields } from "./components/form.tsx";
import { LeftOut, PlanFacts, planRows, PlanTable, shareOf, costOf, UnderWay, withFields } from "./components/plan.tsx";
import { ResultList } from "./components/results.tsx";
import { Empty } from "./components/state.tsx";
import { Pager } from "./components/table.tsx";
import type { Console } from "./page.tsx";
import { placedBefore } from "./placed.ts";
import { callIdIn, planHashIn } from "./posted.ts";
import { StalePlan } from "./components/stale-plan.tsx";
import type { AsOf, Section } from "./shell.tsx";
import { reasonIn, reasonMax } from "./reason.ts";
import { type Spending, spendingOf } from "./spending.ts";
import type { Viewer } from "./viewer.ts";
import { count } from "./words.ts";

/** What somebody is about to backfill, found anew from what he chose, each time it is shown or sent. */
export interface Wish {
  section: Section;
  /** Which matches these are, in words. */
  what: Child;
  body: Pick<BackfillBody, "days" | "matchIds" | "stages">;
  /** Where the choice was made. */
  from: string;
  /** Where its preview is; what is sent goes to `action`. Both with `fields`, which say the choice again. */
  preview: string;
  action: string;
  fields: Fields;
  reason: string;
}

interface Shown {
  wish: Wish;
  answer: BackfillAnswer;
  spending: Spending;
  after: string | null;
  differences: readonly string[];
}

export interface BackfillPreviews {
  /** The plan of a wish, and a button that runs exactly that; `after`: from this match of the plan on. */
  show(c: Context<HttpEnv>, wish: Wish, after: string | null): Promise<Response>;
  /** Runs what was shown, or shows what has changed since (409). */
  start(c: Context<HttpEnv>, form: URLSearchParams, wishOf: () => Promise<Wish> | Wish): Promise<Response>;
}

/** The preview that gaps, failures and backfills share. */
export function backfillPreviews(console: Console): BackfillPreviews {
  const { options, ask, calls, page, viewer, asOf } = console;

  async function render(c: Context<HttpEnv>, at: AsOf, status: 200 | 409, shown: Omit<Shown, "spending">) {
    const spending = ask((it) => spendingOf(options, it, options.clock.now()));
    return page(
      c,
      { title: "Preview of a backfill", section: shown.wish.section, follows: "none", status, asOf: at },
      <Preview {...shown} spending={spending} viewer={viewer(c)} />,
    );
  }

  async function planned(c: Context<HttpEnv>, { body }: Wish): Promise<BackfillAnswer> {
    return (await calls.backfill(c, { ...body, dryRun: true })).body;
  }

  return {
    async show(c, wish, after) {
      const at = asOf();
      return render(c, at, 200, { wish, answer: await planned(c, wish), after, differences: [] });
    },
    async start(c, form, wishOf) {
      const key = callIdIn(form);
      const before = placedBefore(c, ask, key);
      if (before !== null) return c.redirect(`/requests/${before}`, 303);
      const planHash = planHashIn(form);
      const reason = reasonIn(form);
      const wish = { ...(await wishOf()), reason: reason ?? "" };
      try {
        const asked = { ...wish.body, planHash, ...fields.given({ reason }) };
        const { body: answer } = await calls.backfill(c, asked, key);
        if (answer.backfillId !== null) return c.redirect(`/requests/${answer.backfillId}`, 303);
        return page(
          c,
          { title: "Nothing was asked for", section: wish.section, follows: "none" },
          <ResultList accepted={0} skipped={answer.skipped} skippedTotal={answer.skipped.length} />,
        );
      } catch (error) {
        if (!isStale(error)) throw error;
        const at = asOf();
        const answer = await planned(c, wish);
        return render(c, at, 409, { wish, answer, after: null, differences: differencesIn(error) });
      }
    },
  };
}

/** That a plan is no longer the one which was shown; other conflicts are of other kinds. */
export function isStale(error: unknown): error is Refused {
  return error instanceof Refused && error.status === 409 && "planHash" in error.extension;
}

export function differencesIn({ extension }: Refused): string[] {
  const named = Array.isArray(extension["differences"]) ? extension["differences"].map(String) : [];
  const more = Number(extension["differencesTotal"] ?? 0) - named.length;
  const shown = named.slice(0, differencesShown);
  const left = named.length - shown.length + Math.max(0, more);
  return left > 0 ? [...shown, `and ${count(left, "more difference")}`] : shown;
}

const differencesShown = 50;

function Preview({ wish, answer, spending, after, differences, viewer }: Shown & { viewer: Viewer }) {
  const { plan, skipped, underWay } = answer;
  const { next } = planRows(plan, after);
  return (
    <>
      <p>{wish.what}</p>
      <StalePlan differences={differences} />
      {plan.total === 0 ? (
        <Empty title="A backfill would do nothing here">
          <p>None of these matches lacks what a backfill can run.</p>
        </Empty>
      ) : (
        <PlanFacts plan={plan} spending={spending} />
      )}
      {plan.total === 0 ? null : (
        <Action
          id="start"
          viewer={viewer}
          action={wish.action}
          label={`Backfill ${count(plan.total, "match", "matches")}`}
          fields={{ ...wish.fields, planHash: plan.planHash }}
          confirm={
            <p>
              {count(plan.total, "match", "matches")}: {count(plan.modelCalls, "model call")}, cost {costOf(plan.cost)}.
              Budget: {shareOf(plan.cost, spending)}. What is predicted in hindsight is marked so for ever.
            </p>
          }
        >
          <Field name="reason" label="Reason (kept in the log)" value={wish.reason} maxlength={reasonMax} />
        </Action>
      )}
      <p>
        <a href={wish.from}>Choose others</a>
      </p>
      {plan.total === 0 ? null : (
        <>
          <PlanTable plan={plan} after={after} />
          <Pager
            first={after === null ? null : withFields(wish.preview, wish.fields)}
            next={next === null ? null : withFields(wish.preview, { ...wish.fields, after: next })}
          />
        </>
      )}
      <UnderWay ids={underWay} />
      <LeftOut skipped={skipped} />
    </>
  );
}
