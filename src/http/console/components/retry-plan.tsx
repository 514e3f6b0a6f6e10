import type { RetryAnswer } from "../../calls/retry.ts";
import type { FailureChoice } from "../failure-choice.ts";
import { href } from "../path.ts";
import { reasonMax } from "../reason.ts";
import type { Viewer } from "../viewer.ts";
import { count, number } from "../words.ts";
import { Action, Field, type Fields } from "./form.tsx";
import { LeftOut, MatchTable } from "./plan.tsx";
import { StalePlan } from "./stale-plan.tsx";
import { Empty, Fact, Facts } from "./state.tsx";
import { Text } from "./text.tsx";

interface RetryPreviewProps {
  choice: FailureChoice;
  answer: RetryAnswer;
  /** More fit than one retry names. */
  more: boolean;
  /** Shown from after this match on. */
  after: string | null;
  reason?: string | undefined;
  differences: readonly string[];
  viewer: Viewer;
}

/** What a retry of failed settlements would ask for, and a button that asks for exactly that. */
export function RetryPreview({ choice, answer, more, after, reason, differences, viewer }: RetryPreviewProps) {
  const { plan, skipped, skippedTotal } = answer;
  const { match, asked } = choice;
  const fields: Fields = { ...asked, what: match === null ? "retry-all" : "retry", match: match ?? [] };
  return (
    <>
      <p>
        <Which choice={choice} />
        {more ? " A retry names 1,000 by their cause at most: more fit. Start it again for the others." : null}
      </p>
      <StalePlan differences={differences} />
      {plan.total === 0 ? (
        <Empty title="A retry would do nothing here" />
      ) : (
        <>
          <Facts>
            <Fact name="Settlements">{number(plan.total)}</Fact>
            <Fact name="Left out">{number(skippedTotal)}</Fact>
            <Fact name="Model calls">0</Fact>
            <Fact name="Cost">0</Fact>
            <Fact name="Share of the day's budget">none: a settlement asks no model and no source</Fact>
            <Fact name="Plan">
              <code>{plan.planHash}</code>
            </Fact>
          </Facts>
          <Action
            id="retry"
            viewer={viewer}
            action="/failures/retry"
            label={`Retry ${count(plan.total, "settlement")}`}
            fields={{ ...fields, planHash: plan.planHash }}
            confirm={<p>{count(plan.total, "settlement")}, asked for again now: 0 model calls, no cost.</p>}
          >
            <Field name="reason" label="Reason (kept in the log)" value={reason} maxlength={reasonMax} />
          </Action>
        </>
      )}
      <p>
        <a href={href("/failures/matches", asked)}>Choose others</a>
      </p>
      {plan.total === 0 ? null : (
        <MatchTable ids={plan.matches} total={plan.total} path="/failures/plan" fields={fields} after={after} />
      )}
      <LeftOut skipped={skipped} total={skippedTotal} />
    </>
  );
}

function Which({ choice: { match, asked } }: { choice: FailureChoice }) {
  if (match !== null) return <>{count(match.length, "match that was ticked", "matches that were ticked")}.</>;
  const { category, fingerprint } = asked;
  return (
    <>
      All failed settlements that nobody dismissed
      {category === undefined ? null : `, of category ${category}`}
      {fingerprint === undefined ? null : (
        <>
          , with the cause <Text value={fingerprint} max={120} />
        </>
      )}
      .
    </>
  );
}
