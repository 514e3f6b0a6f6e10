import { stageNames } from "../../../match/stage-names.ts";
import { backfillStages, daysMax } from "../../../match/backfill.ts";
import type { Call } from "../../../match/call.ts";
import { type BackfillChoice, type Chosen, daysUnlessTold, namedMax } from "../backfill-choice.ts";
import { count, number } from "../words.ts";
import { Field } from "./form.tsx";
import { stagesOf } from "./plan.tsx";
import { Text } from "./text.tsx";

/** Says which matches a backfill is to be of, and leads to its preview. */
export function BackfillForm() {
  return (
    <section aria-labelledby="begin">
      <h2 id="begin">Begin one</h2>
      <form method="get" action="/backfills/plan" class="begin" role="search" aria-labelledby="begin">
        <fieldset>
          <legend>Of the matches that kicked off</legend>
          <label class="field">
            <span>in the last days</span>
            <input type="number" name="days" min={1} max={daysMax} value={daysUnlessTold} />
          </label>
          <Field name="from" label="or from" type="date" />
          <Field name="to" label="to" type="date" />
          <Field name="competition" label="in competition (all)" maxlength={100} />
        </fieldset>
        <fieldset>
          <legend>Or these alone</legend>
          <Field name="ids" label="Match ids, with spaces between" />
        </fieldset>
        <fieldset>
          <legend>What is run (with none ticked: whatever is missing)</legend>
          {backfillStages.map((stage) => (
            <label>
              <input type="checkbox" name="stage" value={stage} autocomplete="off" /> {stageNames[stage]}
            </label>
          ))}
        </fieldset>
        <div class="buttons">
          <button type="submit" class="button">
            Preview
          </button>
        </div>
      </form>
    </section>
  );
}

interface ChosenProps {
  choice: BackfillChoice;
  chosen: Chosen;
  /** The backfill that is resumed. */
  earlier: (Call & { requested: NonNullable<Call["requested"]> }) | null;
}

/** Which matches a preview is about. */
export function BackfillsChosen({ choice, chosen, earlier }: ChosenProps) {
  const { kind, more, body } = chosen;
  const { competition, from, to, days = daysUnlessTold } = choice;
  const found = body.matchIds?.length ?? 0;
  const stages = body.stages === undefined ? "whatever is missing" : `${stagesOf(body.stages)} alone`;
  return (
    <>
      {kind === "resumed" && earlier !== null ? (
        <>
          What is left of <a href={`/requests/${earlier.id}`}>{earlier.id}</a>, which{" "}
          <Text value={earlier.requested.principal} /> asked for: a new backfill, of those of its matches that still
          lack something
        </>
      ) : kind === "named" ? (
        count(found, "match that was named", "matches that were named")
      ) : kind === "span" ? (
        <>
          {count(found, "match", "matches")}
          {competition === undefined ? null : (
            <>
              {" "}
              of <Text value={competition} />
            </>
          )}{" "}
          that kicked off {from === undefined ? `in the last ${count(days, "day")}` : `from ${from}`}
          {to === undefined ? "" : ` to ${to}`} and may lack something
        </>
      ) : (
        `The matches that kicked off in the last ${count(days, "day")}`
      )}
      ; {stages}.
      {more ? ` A backfill names ${number(namedMax)} at most: more fit. Start it again for the others.` : null}
    </>
  );
}
