import type { z } from "zod";
import { stageNames } from "../../../match/stage-names.ts";
import type { FailureRow } from "../../../projections/failures.ts";
import type { failureFilterSchema } from "../failure-choice.ts";
import { href } from "../path.ts";
import type { Viewer } from "../viewer.ts";
import { count, number } from "../words.ts";
import { categoryMeanings } from "./badge.tsx";
import { capital, Retrying } from "./failures.tsx";
import { Pick, tickColumn } from "./pick.tsx";
import { Live } from "./state.tsx";
import { type Column, Pager, Table } from "./table.tsx";
import { Text } from "./text.tsx";
import { Time } from "./time.tsx";

/** So many that a page stays below 100 kB whatever the teams are called. */
export const listShown = 30;

interface FailureListProps {
  failures: readonly FailureRow[];
  asked: z.infer<typeof failureFilterSchema>;
  /** All that fit; null where that is not counted. */
  total: number | null;
  first: boolean;
  cursor: string | null;
  now: number;
  viewer: Viewer;
}

/** The failures of one kind, match by match, with what can be done about them. */
export function FailureListView(props: FailureListProps) {
  const { asked } = props;
  const { stage, category, fingerprint, dismissed } = asked;
  return (
    <>
      <p>
        <a href={href("/failures", { dismissed })}>All failures</a>
      </p>
      <h2>
        {dismissed === undefined ? capital(stageNames[stage]) : `Dismissed: ${stageNames[stage]}`}
        {category === undefined ? null : `: ${category}`}
        {fingerprint === undefined ? null : (
          <>
            , <Text value={fingerprint} max={120} />
          </>
        )}
      </h2>
      {category === undefined ? null : <p class="quiet">{categoryMeanings[category]}</p>}
      <Live id="list">
        <Listed {...props} />
      </Live>
    </>
  );
}

function Listed({ failures, asked, total, first, cursor, now, viewer }: FailureListProps) {
  const acts = viewer.mayOperate && failures.length > 0;
  // Without a count of its own a cause has as many as its one page holds, or more.
  const known = total ?? (first && cursor === null ? failures.length : null);
  const ticks = acts
    ? [
        tickColumn<FailureRow>(
          ({ matchId }) => matchId,
          ({ matchId }) => matchId,
        ),
      ]
    : [];
  return (
    <>
      {acts ? <Deeds asked={asked} all={known} /> : null}
      <Table
        caption={known === null ? "Failures, by match id" : `${count(known, "failure")}, by match id`}
        rows={failures}
        columns={[...ticks, ...columns(now, asked.dismissed !== undefined)]}
        empty={cursor === null ? "Nothing like this has failed." : "None among the next thousands: go on."}
      />
      <Pager
        first={first ? null : href("/failures/matches", asked)}
        next={cursor === null ? null : href("/failures/matches", { ...asked, cursor })}
      />
    </>
  );
}

function Deeds({ asked, all }: DeedsProps) {
  const everyone = all === null ? "all that fit" : all === 1 ? "the one" : `all ${number(all)}`;
  if (asked.stage !== "settle") {
    return (
      <Pick action="/backfills/plan" fields={{}}>
        <button type="submit" class="button">
          Preview a backfill of those ticked
        </button>
        <p>
          <a href={href("/gaps", { stage: asked.stage })}>Gaps</a> has all that lack it. What is ahead of kick-off is
          asked for again by itself.
        </p>
      </Pick>
    );
  }
  const deeds = asked.dismissed === undefined ? openDeeds : dismissedDeeds;
  return (
    <Pick action="/failures/plan" fields={asked}>
      {deeds.map(({ what, name, plain }) => (
        <span class="buttons">
          <button type="submit" class={plain ? "button plain" : "button"} name="what" value={`${what}-all`}>
            {name} {everyone}
          </button>
          <button type="submit" class="button plain" name="what" value={what}>
            {name} those ticked
          </button>
        </span>
      ))}
    </Pick>
  );
}

interface DeedsProps {
  asked: FailureListProps["asked"];
  /** null: nobody has counted them. */
  all: number | null;
}

const openDeeds = [
  { what: "retry", name: "Preview a retry of", plain: false },
  { what: "dismiss", name: "Dismiss", plain: true },
];
const dismissedDeeds = [{ what: "restore", name: "Put back", plain: false }];

function columns(now: number, dismissed: boolean): Column<FailureRow>[] {
  const common: Column<FailureRow>[] = [
    {
      head: "Match",
      header: true,
      cell: ({ matchId, homeTeam, awayTeam }) => (
        <a class="teams" href={`/matches/${matchId}`}>
          <Text value={homeTeam} max={40} /> – <Text value={awayTeam} max={40} />
        </a>
      ),
    },
    { head: "Kick-off", cell: ({ kickoff }) => <Time at={kickoff} /> },
    { head: "Failed", cell: ({ failedAt }) => <Time at={failedAt} now={now} /> },
    { head: "Attempt", numeric: true, cell: ({ attempt, of }) => `${number(attempt)} of ${number(of)}` },
    { head: "Answers", numeric: true, cell: ({ predictions }) => number(predictions) },
    {
      head: "Why",
      cell: ({ reason }) => (
        <span class="words">
          <Text value={reason} max={100} />
        </span>
      ),
    },
  ];
  return [
    ...common,
    dismissed
      ? {
          head: "Dismissed",
          cell: ({ dismissed: by }) =>
            by === null ? (
              "–"
            ) : (
              <>
                by <Text value={by.by} max={60} />: <Text value={by.reason} max={100} />
              </>
            ),
        }
      : { head: "Next", cell: ({ retryAt }) => <Retrying retryAt={retryAt} now={now} /> },
  ];
}
