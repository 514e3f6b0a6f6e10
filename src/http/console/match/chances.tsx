import type { Probabilities, Score } from "../../../match/event.ts";
import type { Answer, Match } from "../../../match/match.ts";
import { logLoss, rps } from "../../../match/scoring.ts";
import { quotasOf, tendency } from "../../../match/settlement.ts";
import { Badge } from "../components/badge.tsx";
import { Fact, Facts } from "../components/state.tsx";
import { Table } from "../components/table.tsx";
import { count } from "../words.ts";
import { chance, tendencies } from "./score.ts";

/** Answers that count, and the score after 90 minutes; null before it is known. */
export interface Judged {
  answers: readonly Answer[];
  result: Score | null;
}

interface OutcomeRow {
  of: keyof Probabilities;
  all: readonly number[];
  least: number;
  most: number;
}

interface ChancesProps extends Judged {
  match: Match;
  mean: Probabilities;
}

/** What the panel gives home, draw and away: each member, the mean, and what happened. */
export function Chances({ match, answers, mean, result }: ChancesProps) {
  const happened = result === null ? null : tendency(result);
  const quotas = match.settlement?.quotas ?? null;
  const ofAll = tendencies.map((of): OutcomeRow => {
    const all = answers.map(({ probabilities }) => probabilities[of]);
    return { of, all, least: Math.min(...all), most: Math.max(...all) };
  });
  return (
    <>
      <figure class="chart">
        <figcaption>Chances{result === null ? "" : " against the result"}</figcaption>
        <Dots rows={ofAll} mean={mean} happened={happened} />
        <Table
          caption={`Mean of ${count(answers.length, "answer")}, the lowest and the highest`}
          rows={ofAll}
          columns={[
            { head: "Outcome", header: true, cell: ({ of }) => of },
            { head: "Mean", numeric: true, cell: ({ of }) => chance(mean[of]) },
            { head: "Lowest", numeric: true, cell: ({ least }) => chance(least) },
            { head: "Highest", numeric: true, cell: ({ most }) => chance(most) },
            {
              head: quotas === null ? "Quota now" : "Quota",
              numeric: true,
              cell: ({ of }) => (quotas ?? quotasOf(answers.map(({ tip }) => tip)))[of],
            },
            ...(happened === null
              ? []
              : [
                  {
                    head: "Result",
                    cell: ({ of }: OutcomeRow) =>
                      of === happened ? <Badge tone="good" word="happened" /> : <span class="quiet">–</span>,
                  },
                ]),
          ]}
          empty=""
        />
      </figure>
      {result === null ? null : (
        <Facts>
          <Fact name="Ranked probability score of the mean">{rps(mean, result).toFixed(4)}</Fact>
          <Fact name="Log loss of the mean">{logLoss(mean, result).toFixed(4)}</Fact>
        </Facts>
      )}
    </>
  );
}

const strip = { left: 52, width: 400, row: 30, top: 8 } as const;

interface DotsProps {
  rows: readonly OutcomeRow[];
  mean: Probabilities;
  happened: string | null;
}

/** One mark a member along 0 to 100 %, the mean as a bar. The table below tells the same in figures. */
function Dots({ rows, mean, happened }: DotsProps) {
  const x = (p: number) => (strip.left + p * strip.width).toFixed(1);
  const height = strip.top + rows.length * strip.row + 18;
  return (
    <svg
      class="dots"
      viewBox={`0 0 ${strip.left + strip.width + 24} ${height}`}
      role="img"
      aria-label="Each member's chance of home, draw and away, and their mean"
    >
      {[0, 0.25, 0.5, 0.75, 1].map((p) => (
        <>
          <line x1={x(p)} x2={x(p)} y1={strip.top} y2={height - 16} class="grid" />
          <text x={x(p)} y={height - 2} class="middle">
            {100 * p} %
          </text>
        </>
      ))}
      {rows.map(({ of, all }, at) => {
        const y = strip.top + at * strip.row + strip.row / 2;
        return (
          <>
            <text x="0" y={y + 5} class={of === happened ? "strong" : undefined}>
              {of === happened ? `✓ ${of}` : of}
            </text>
            {all.map((p) => (
              <circle cx={x(p)} cy={y} r="4" />
            ))}
            <line x1={x(mean[of])} x2={x(mean[of])} y1={y - 11} y2={y + 11} class="mean" />
          </>
        );
      })}
    </svg>
  );
}
