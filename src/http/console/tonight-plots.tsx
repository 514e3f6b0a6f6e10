import { stageNames } from "../../match/stage-names.ts";
import { type Stage, stages } from "../../match/event.ts";
import type { Punctuality } from "../../projections/punctuality.ts";
import { Chart, Num } from "./components/chart.tsx";
import { type Column, Table } from "./components/table.tsx";
import { Time } from "./components/time.tsx";
import { duration, number, percent } from "./words.ts";

/** How the matches of the last day fared: predicted in time, and how late each stage was. */
export function Plots({ slots, now }: { slots: readonly Punctuality[]; now: number }) {
  const total = totalOf(slots);
  return (
    <div class="charts">
      <Chart title="Predicted before kick-off, by hour of kick-off" x="time" table="in-time" unit="%" kind="bars">
        <Table
          id="in-time"
          caption="Matches by hour of kick-off"
          rows={slots}
          columns={inTime(now)}
          empty="No hours."
        />
      </Chart>
      <Chart title="Latest stage, by hour of kick-off" x="time" table="lateness" unit="min">
        <Table
          id="lateness"
          caption="Minutes that the latest stage was done after it fell due"
          rows={slots}
          columns={lateness}
          empty="No hours."
        />
      </Chart>
      <Table
        caption="Stages of the last day's matches"
        rows={stages.map((stage) => ({ stage, ...total[stage] }))}
        columns={[
          { head: "Stage", header: true, cell: ({ stage }) => stageNames[stage] },
          { head: "Done", numeric: true, cell: ({ done }) => number(done) },
          { head: "Late", numeric: true, cell: ({ late }) => number(late) },
          { head: "Latest", numeric: true, cell: ({ worstMs }) => (worstMs === 0 ? "–" : duration(worstMs)) },
        ]}
        empty="No stages."
      />
    </div>
  );
}

const hour: Column<Punctuality> = { head: "Kick-off from", header: true, cell: ({ from }) => <Time at={from} /> };

/** What has not kicked off yet is no miss: the hour that runs has no share. */
function inTime(now: number): Column<Punctuality>[] {
  return [
    hour,
    {
      head: "In time, %",
      numeric: true,
      cell: ({ from, matches, predictedInTime }) =>
        matches === 0 || from + 3_600_000 > now ? (
          <Num value={null} />
        ) : (
          <Num value={share(predictedInTime, matches)} shown={percent(share(predictedInTime, matches))} />
        ),
    },
    { head: "Matches", numeric: true, cell: ({ matches }) => number(matches) },
    { head: "Predicted", numeric: true, cell: ({ predictedInTime }) => number(predictedInTime) },
  ];
}

function share(part: number, whole: number): number {
  return Math.floor((10_000 * part) / whole) / 100;
}

const lateness: Column<Punctuality>[] = [
  hour,
  ...stages.map((stage): Column<Punctuality> => {
    const cell = ({ stages: { [stage]: it } }: Punctuality) =>
      it.done === 0 ? <Num value={null} /> : <Num value={minutes(it.worstMs)} shown={duration(it.worstMs)} />;
    return { head: stageNames[stage], numeric: true, cell };
  }),
];

function minutes(ms: number): number {
  return Math.round(ms / 6000) / 10;
}

function totalOf(slots: readonly Punctuality[]): Record<Stage, Punctuality["stages"][Stage]> {
  const sum = (stage: Stage) =>
    slots.reduce(
      ({ done, late, worstMs }, { stages: { [stage]: it } }) => ({
        done: done + it.done,
        late: late + it.late,
        worstMs: Math.max(worstMs, it.worstMs),
      }),
      { done: 0, late: 0, worstMs: 0 },
    );
  return { analyse: sum("analyse"), lineups: sum("lineups"), predict: sum("predict"), settle: sum("settle") };
}
