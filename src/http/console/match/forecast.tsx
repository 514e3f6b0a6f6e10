import { countingAnswers } from "../../../match/answers.ts";
import type { Probabilities } from "../../../match/event.ts";
import type { Answer, Match } from "../../../match/match.ts";
import { Badge } from "../components/badge.tsx";
import { Empty } from "../components/state.tsx";
import { Table } from "../components/table.tsx";
import { count } from "../words.ts";
import { Chances, type Judged } from "./chances.tsx";
import { eventsOf, type LoadedMatch } from "./loaded.ts";
import { chance, scoreOf } from "./score.ts";
import { ScoreHeat } from "./score-heat.tsx";

/** What the panel says of the match, and what came of it: score matrix, tips, chances. */
export function Forecast({ match, life }: LoadedMatch) {
  const answers = countingAnswers(match);
  const result = match.result?.score.regular ?? null;
  const mean = answers.length === 0 ? null : meanOf(answers);
  const analysed = life === null ? null : analysisOf(match, life);
  if (match.analysis === null && mean === null) return null;
  return (
    <section>
      <h2>Forecast</h2>
      <div class="charts">
        {analysed === null ? (
          <Empty title={life === null ? "The goals expected are in the log" : "Nothing has been analysed"}>
            {life === null ? <p>The log does not answer now; the score matrix comes back with it.</p> : null}
          </Empty>
        ) : (
          <ScoreHeat goals={analysed.expectedGoals} mean={mean} tips={answers.map(({ tip }) => tip)} result={result} />
        )}
        <div>
          {mean === null ? (
            <Empty title="No model has given an answer that counts" />
          ) : (
            <>
              <Chances match={match} answers={answers} mean={mean} result={result} />
              <Tips answers={answers} result={result} />
            </>
          )}
        </div>
      </div>
    </section>
  );
}

function analysisOf({ analysis }: Match, life: NonNullable<LoadedMatch["life"]>) {
  return eventsOf(life, "match.analysed").findLast(({ id }) => id === analysis?.id)?.data ?? null;
}

function meanOf(answers: readonly Answer[]): Probabilities {
  const mean = (of: keyof Probabilities) =>
    answers.reduce((sum, { probabilities }) => sum + probabilities[of], 0) / answers.length;
  return { home: mean("home"), draw: mean("draw"), away: mean("away") };
}

/** A panel of hundreds has few different tips; a hostile log may have many. */
const tipsShown = 12;

function Tips({ answers, result }: Judged) {
  const counts = new Map<string, number>();
  for (const { tip } of answers) counts.set(scoreOf(tip), (counts.get(scoreOf(tip)) ?? 0) + 1);
  const rows = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const rest = rows.slice(tipsShown);
  const hit = result === null ? null : scoreOf(result);
  return (
    <>
      <Table
        caption={`Spread of tips: ${count(rows.length, "different score")}`}
        rows={rows.slice(0, tipsShown)}
        columns={[
          {
            head: "Tip",
            header: true,
            cell: ([tip]) => (
              <>
                {tip} {tip === hit ? <Badge tone="good" word="result" /> : null}
              </>
            ),
          },
          { head: "Members", numeric: true, cell: ([, n]) => n },
          { head: "Share", numeric: true, cell: ([, n]) => chance(n / answers.length) },
          { head: <span class="unseen">Bar</span>, cell: ([, n]) => <Bar share={n / answers.length} /> },
        ]}
        empty=""
      />
      {rest.length === 0 ? null : (
        <p class="quiet">
          {count(rest.length, "other score")}, {count(sum(rest.map(([, n]) => n)), "tip")} in all.
        </p>
      )}
    </>
  );
}

function Bar({ share }: { share: number }) {
  return (
    <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect width={(100 * share).toFixed(1)} height="10" />
    </svg>
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, it) => total + it, 0);
}
