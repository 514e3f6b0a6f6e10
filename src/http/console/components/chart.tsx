import type { PropsWithChildren } from "hono/jsx";

interface ChartProps {
  title: string;
  /** `time`: the first column holds `<Time>`; `value`: numbers. The other columns are the lines; cells are `<Num>`. */
  x: "time" | "value";
  /** The id of the table it draws, which stands beside it as its child. */
  table: string;
  unit: string;
  kind?: "line" | "bars";
}

/** A plot of the table beside it: drawn in the browser, where scripts run; the table tells the same. */
export function Chart({ title, x, table, unit, kind = "line", children }: PropsWithChildren<ChartProps>) {
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <div
        class="plot needs-script"
        data-chart={kind}
        data-x={x}
        data-table={table}
        data-unit={unit}
        aria-hidden="true"
      />
      <details>
        <summary>The figures</summary>
        {children}
      </details>
    </figure>
  );
}

/** A number that a chart can read; null is a hole. */
export function Num({ value, shown }: { value: number | null; shown?: string }) {
  return <span data-value={value ?? ""}>{value === null ? "–" : (shown ?? String(value))}</span>;
}
