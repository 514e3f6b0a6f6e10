import type { CalibrationBin, ModelRecord } from "../../../projections/model-record.ts";
import { number } from "../words.ts";
import { Chart, Num } from "./chart.tsx";
import { Empty } from "./state.tsx";
import { Table } from "./table.tsx";
import { Text } from "./text.tsx";
import { Time } from "./time.tsx";

/** Fifteen years: so that a page stays below 100 kB however old the log. */
const monthsShown = 180;

/** How one model went: its probabilities against what happened, and its points month by month. */
export function ModelRecordOf({ model, record: { calibration, months } }: { model: string; record: ModelRecord }) {
  if (months.length === 0) return <Empty title="That model has no settled answer under this filter" />;
  const shown = months.slice(-monthsShown);
  const which = shown.length < months.length ? `: the last ${number(shown.length)} of ${number(months.length)}` : "";
  return (
    <section>
      <h2>
        <Text value={model} />
      </h2>
      <div class="plots">
        <Chart
          title="Calibration: what it foretold, and how often that happened"
          x="value"
          table="calibration"
          unit="%"
        >
          <Table
            caption="Calibration of the three probabilities of every settled answer"
            id="calibration"
            rows={calibration.filter(({ n }) => n > 0)}
            empty="No answers."
            columns={[
              { head: "Foretold, %", numeric: true, cell: ({ foretold }) => <Num {...percentOf(foretold)} /> },
              { head: "Happened, %", numeric: true, cell: ({ happened }) => <Num {...percentOf(happened)} /> },
              {
                head: "If it were perfect, %",
                numeric: true,
                cell: ({ foretold }) => <Num {...percentOf(foretold)} />,
              },
            ]}
          />
          <Table
            caption="How many probabilities lie in each bin"
            rows={calibration}
            empty="No answers."
            columns={[
              { head: "From – to", header: true, cell: binName },
              { head: "Probabilities", numeric: true, cell: ({ n }) => number(n) },
            ]}
          />
        </Chart>
        <Chart title="Points a match, month by month" x="time" table="months" unit="points">
          <Table
            caption={`Points a match by the month of the kick-off (UTC)${which}`}
            id="months"
            rows={shown}
            empty="No answers."
            columns={[
              { head: "Month", cell: ({ month }) => <Time at={Date.parse(`${month}-01T00:00:00Z`)} /> },
              {
                head: "Points a match",
                numeric: true,
                cell: ({ points, n }) => <Num value={points / n} shown={(points / n).toFixed(2)} />,
              },
            ]}
          />
        </Chart>
      </div>
      <Table
        caption={`By month${which}`}
        rows={shown}
        empty="No answers."
        columns={[
          { head: "Month", header: true, cell: ({ month }) => month },
          { head: "Matches", numeric: true, cell: ({ n }) => number(n) },
          { head: "Points", numeric: true, cell: ({ points }) => number(points) },
          { head: "RPS", numeric: true, cell: ({ rps }) => rps.toFixed(4) },
        ]}
      />
    </section>
  );
}

function percentOf(share: number | null): { value: number | null; shown: string } {
  return share === null ? { value: null, shown: "–" } : { value: share * 100, shown: (share * 100).toFixed(1) };
}

function binName({ from, to }: CalibrationBin): string {
  return `${Math.round(from * 100)}–${Math.round(to * 100)} %`;
}
