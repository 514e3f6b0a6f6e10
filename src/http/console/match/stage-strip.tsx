import { stageNames } from "../../../match/stage-names.ts";
import { stages as stageOrder } from "../../../match/event.ts";
import type { Match } from "../../../match/match.ts";
import type { StageRow } from "../../../projections/stages.ts";
import type { Policy } from "../../../match/policy.ts";
import { graceOf } from "./grace.ts";

const strip = { left: 84, width: 320, row: 26, top: 20, right: 30 } as const;

interface StageStripProps {
  match: Match;
  stages: readonly StageRow[];
  policy: Policy;
  now: number;
}

/** One round's stages along the time: due as a ring, done as a disc, what is between them as a line. The table tells the same. */
export function StageStrip({ match, stages, policy, now }: StageStripProps) {
  const kickoff = match.fixture?.kickoff ?? null;
  const rows = stageOrder.flatMap((stage) => stages.find((it) => it.stage === stage) ?? []);
  const instants = [kickoff, ...rows.flatMap(({ dueAt, doneAt }) => [dueAt, doneAt])].filter((it) => it !== null);
  const [from, to] = [Math.min(...instants), Math.max(...instants)];
  if (rows.length === 0 || from >= to) return null;
  const places = placesOf(instants);
  const x = (at: number) => (strip.left + (places.get(at) ?? 0) * strip.width).toFixed(1);
  const height = strip.top + rows.length * strip.row + 6;
  return (
    <svg
      class="strip"
      viewBox={`0 0 ${strip.left + strip.width + strip.right} ${height}`}
      role="img"
      aria-label="When each stage fell due and was done; the table below has the instants"
    >
      {kickoff === null ? null : (
        <>
          <line x1={x(kickoff)} x2={x(kickoff)} y1={strip.top - 4} y2={height} class="kickoff" />
          <text x={x(kickoff)} y="12" class="middle">
            kick-off
          </text>
        </>
      )}
      {rows.map(({ stage, dueAt, doneAt, lateMs }, at) => {
        const y = strip.top + at * strip.row + strip.row / 2;
        const open = doneAt === null && dueAt !== null && dueAt <= now;
        return (
          <>
            <text x="0" y={y + 5}>
              {stageNames[stage]}
            </text>
            <line x1={strip.left} x2={strip.left + strip.width} y1={y} y2={y} class="grid" />
            {dueAt === null || doneAt === null ? null : (
              <line
                x1={x(dueAt)}
                x2={x(doneAt)}
                y1={y}
                y2={y}
                class={lateMs > graceOf(stage, policy) ? "took late" : "took"}
              />
            )}
            {dueAt === null ? null : <circle cx={x(dueAt)} cy={y} r="6" class={open ? "due open" : "due"} />}
            {doneAt === null ? null : <circle cx={x(doneAt)} cy={y} r="4" class="done" />}
          </>
        );
      })}
    </svg>
  );
}

/** Each instant's place from 0 to 1. Spans are drawn by their square root: a settlement days later would press all else together. */
function placesOf(instants: readonly number[]): Map<number, number> {
  const sorted = [...new Set(instants)].sort((a, b) => a - b);
  const steps = sorted.map((at, i) => Math.sqrt(at - (sorted[i - 1] ?? at)));
  const total = steps.reduce((sum, it) => sum + it, 0);
  let place = 0;
  return new Map(sorted.map((at, i) => [at, (place += steps[i] ?? 0) / total]));
}
