import { table } from "../cli/table.ts";
import { highestPairs } from "./diversity.ts";
import { type CompetitionReport, type Report, referenceMember } from "./report.ts";
import type { Figures } from "./scores.ts";

/** A competition's report for people. */
export function describe({ competition, seasons, ...report }: CompetitionReport): string {
  const title = `${competition}, ${seasons.join(" ")}: ${report.panel.n} matches`;
  return [title, figuresTable(report), oddsLine(report), reliabilityTable(report.panel), pairsLines(report)]
    .filter((part) => part !== "")
    .join("\n\n");
}

function figuresTable({ members, panel, odds }: Report): string {
  const numbers = ["n", "RPS", "log loss", "Brier", "exact", "points", "calibration"];
  const columns = [
    { title: "member" },
    ...numbers.map((title) => ({ title, align: "right" }) as const),
    { title: `RPS - ${referenceMember}'s, 95 %` },
  ];
  // Over fewer matches the bookmakers' row compares with nothing above it but a panel on the same ones.
  const partly = odds !== null && odds.n < panel.n ? [odds.panel] : [];
  return table(columns, [...members, panel, ...(odds ? [odds] : []), ...partly].map(figuresRow));
}

function figuresRow(it: Figures): string[] {
  const { mean, low, high } = it.againstElo;
  return [
    it.name,
    String(it.n),
    it.rps.toFixed(4),
    it.logLoss.toFixed(4),
    it.brier.toFixed(4),
    it.exactLogLoss?.toFixed(4) ?? "-",
    it.points?.toFixed(3) ?? "-",
    it.calibration.toFixed(4),
    it.name === referenceMember ? "" : `${signed(mean)} (${signed(low)} to ${signed(high)})`,
  ];
}

function oddsLine({ odds, panel }: Report): string {
  if (odds === null) return "";
  const of = odds.n < panel.n ? `, of ${panel.n},` : "";
  return `On the ${odds.n} matches with odds${of} the panel's RPS is ${odds.panelRps.toFixed(4)}, the bookmakers' ${odds.rps.toFixed(4)}.`;
}

function reliabilityTable({ reliability }: Figures): string {
  const columns = [
    { title: "the panel said" },
    { title: "times", align: "right" },
    { title: "mean", align: "right" },
  ] as const;
  return table(
    [...columns, { title: "came true", align: "right" }],
    reliability.map(({ from, to, n, forecast, observed }) => [
      `${from.toFixed(1)} to ${to.toFixed(1)}`,
      String(n),
      forecast.toFixed(3),
      observed.toFixed(3),
    ]),
  );
}

function pairsLines({ diversity: { members, correlation, departures, sameTips, seasons } }: Report): string {
  const alike = highestPairs(members, correlation);
  const apart = highestPairs(members, departures);
  const tips = highestPairs(members, sameTips);
  const median = (values: typeof alike) => values[Math.floor(values.length / 2)]?.value ?? Number.NaN;
  const told = (pairs: typeof alike) => pairs.map(({ a, b, value }) => `${a} and ${b} ${value.toFixed(4)}`).join(", ");
  return [
    `Correlation of errors: median ${median(alike).toFixed(4)}, highest ${told(alike.slice(0, 3))}; lowest ${told(alike.slice(-3))}.`,
    `Correlation of departures from the panel: median ${median(apart).toFixed(4)}, highest ${told(apart.slice(0, 3))}; lowest ${told(apart.slice(-3))}.`,
    `Same tips: median ${median(tips).toFixed(3)}, highest ${told(tips.slice(0, 3))}.`,
    ...seasons.map(
      ({ season, n, a, b, value }) =>
        `Most alike in ${season} (${n} matches): ${a} and ${b}, same tips in ${(100 * value).toFixed(1)} %.`,
    ),
  ].join("\n");
}

function signed(value: number): string {
  return `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(4)}`;
}
