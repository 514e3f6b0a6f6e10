import { betterOf, type Comparison, type Difference } from "../../../projections/comparison.ts";
import { count } from "../words.ts";
import { Table } from "./table.tsx";
import { Text } from "./text.tsx";

interface Line {
  name: string;
  difference: Difference;
  digits: number;
  /** 1: more is better, -1: less is. */
  sign: 1 | -1;
}

/** Two models over the matches that both answered; the same words as `fulltime models compare`. */
export function ModelComparison({
  first,
  second,
  comparison: { n, points, rps, logLoss },
}: {
  first: string;
  second: string;
  comparison: Comparison;
}) {
  const lines: Line[] = [
    { name: "points a match", difference: points, digits: 3, sign: 1 },
    { name: "RPS", difference: rps, digits: 5, sign: -1 },
    { name: "log loss", difference: logLoss, digits: 5, sign: -1 },
  ];
  return (
    <section>
      <h2>
        <Text value={first} /> against <Text value={second} />
      </h2>
      <Table
        caption={`${first} less ${second}, over ${count(n, "match", "matches")} that both answered`}
        rows={n === 0 ? [] : lines}
        empty="No settled match has an answer of both."
        columns={[
          { head: "Difference in", header: true, cell: ({ name }) => name },
          { head: "Mean", numeric: true, cell: ({ difference, digits }) => shown(difference.mean, digits) },
          {
            head: "95 % from",
            numeric: true,
            cell: ({ difference, digits }) => shown(difference.interval?.[0], digits),
          },
          { head: "To", numeric: true, cell: ({ difference, digits }) => shown(difference.interval?.[1], digits) },
          { head: "Better", cell: (line) => better(line, first, second) },
        ]}
      />
    </section>
  );
}

function better({ difference, sign }: Line, first: string, second: string) {
  const better = betterOf(difference, sign);
  return better === null ? "not clear" : <Text value={better === "first" ? first : second} />;
}

function shown(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined ? "–" : value.toFixed(digits).replace("-", "−");
}
