import type { Probabilities, Score } from "../../../match/event.ts";
import { Table } from "../components/table.tsx";
import { count } from "../words.ts";
import { cellOf, goalsShown, type ScoreGrid, scoreGrid } from "./goal-law.ts";
import { chance, scoreOf } from "./score.ts";

interface ScoreHeatProps {
  /** What the panel expects. */
  goals: { home: number; away: number };
  /** null: nobody has answered. */
  mean: Probabilities | null;
  tips: readonly Score[];
  /** After 90 minutes; null before it is known. */
  result: Score | null;
}

/** The panel's score matrix: a heat map with the tips in it, and the table that tells the same. */
export function ScoreHeat({ goals, mean, tips, result }: ScoreHeatProps) {
  const grid = scoreGrid(goals, mean);
  const tipped = tipsByCell(tips);
  const hit = result === null ? null : scoreOf(cellOf(result));
  const expected = `${goals.home.toFixed(2)} to ${goals.away.toFixed(2)} goals expected`;
  return (
    <figure class="chart heat">
      <figcaption>Score matrix of the panel</figcaption>
      <p class="quiet">
        {expected}; independent Poisson counts
        {mean === null ? "" : ", scaled to the panel's mean chances of home, draw and away"}.
      </p>
      <Heat grid={grid} tipped={tipped} hit={hit} label={`Heat map of the score matrix, ${expected}`} />
      <details>
        <summary>The figures</summary>
        <Table
          caption="Chance of each score: home goals down, away goals across"
          rows={grid.map((row, home) => ({ row, home }))}
          columns={[
            { head: "Home", header: true, cell: ({ home }) => goalsName(home) },
            ...grid.map((_, away) => ({
              head: goalsName(away),
              numeric: true,
              cell: ({ row, home }: { row: readonly number[]; home: number }) =>
                figure(row[away] ?? 0, scoreOf({ home, away }), tipped, hit),
            })),
          ]}
          empty=""
        />
      </details>
    </figure>
  );
}

function figure(p: number, score: string, tipped: ReadonlyMap<string, number>, hit: string | null): string {
  const tips = tipped.get(score);
  return [chance(p), tips === undefined ? null : count(tips, "tip"), score === hit ? "result" : null]
    .filter((it) => it !== null)
    .join(", ");
}

const cell = { width: 54, height: 34, gap: 2 } as const;
const margin = { left: 58, top: 42 } as const;

interface HeatProps {
  grid: ScoreGrid;
  tipped: ReadonlyMap<string, number>;
  hit: string | null;
  label: string;
}

function Heat({ grid, tipped, hit, label }: HeatProps) {
  const most = Math.max(...grid.flat(), Number.MIN_VALUE);
  const [width, height] = [margin.left + grid.length * cell.width, margin.top + grid.length * cell.height];
  const at = (i: number) => ({ x: margin.left + i * cell.width, y: margin.top + i * cell.height });
  const middle = cell.width / 2;
  return (
    <svg class="heat-map" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <text x={margin.left} y="14">
        away goals →
      </text>
      <text x="0" y={margin.top - 8}>
        home ↓
      </text>
      {grid.map((row, i) => (
        <>
          <text x={at(i).x + middle} y={margin.top - 8} class="middle">
            {goalsName(i)}
          </text>
          <text x={margin.left - 12} y={at(i).y + 22} class="end">
            {goalsName(i)}
          </text>
          {row.map((p, j) => {
            const score = scoreOf({ home: i, away: j });
            const [x, y] = [at(j).x, at(i).y];
            const tips = tipped.get(score);
            return (
              <>
                <rect
                  x={x}
                  y={y}
                  width={cell.width - cell.gap}
                  height={cell.height - cell.gap}
                  fill-opacity={(0.04 + 0.41 * (p / most)).toFixed(2)}
                  class={score === hit ? "hit" : undefined}
                />
                <text x={x + middle - 1} y={y + (tips === undefined ? 21 : 15)} class="middle">
                  {(100 * p).toFixed(1)}
                </text>
                {tips === undefined ? null : (
                  <text x={x + middle - 1} y={y + 28} class="middle tips">
                    {count(tips, "tip")}
                  </text>
                )}
              </>
            );
          })}
        </>
      ))}
    </svg>
  );
}

function goalsName(goals: number): string {
  return goals === goalsShown ? `${goals}+` : String(goals);
}

function tipsByCell(tips: readonly Score[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const tip of tips) {
    const score = scoreOf(cellOf(tip));
    counts.set(score, (counts.get(score) ?? 0) + 1);
  }
  return counts;
}
