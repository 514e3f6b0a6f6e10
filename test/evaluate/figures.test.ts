import { expect, test } from "vitest";
import { pairedBootstrap } from "../../scripts/evaluate/bootstrap.ts";
import { calibrationOf } from "../../scripts/evaluate/calibration.ts";
import { diversityOf, highestPairs, mostAlike } from "../../scripts/evaluate/diversity.ts";
import { figuresOf, scored } from "../../scripts/evaluate/scores.ts";

const win = { home: 1, away: 0 };
const draw = { home: 1, away: 1 };
const said = (home: number, drawn: number, away: number, tip = win) => ({
  probabilities: { home, draw: drawn, away },
  exactLogLoss: 2,
  tip,
});

test("the bootstrap's interval is about two standard errors, holds the mean and is the same every time", () => {
  const differences = Array.from({ length: 400 }, (_, index) => (index % 2 === 0 ? 0.3 : -0.1));
  const interval = pairedBootstrap(differences);
  expect(interval.mean).toBeCloseTo(0.1, 12);
  // One standard error is .2 / sqrt(400) = .01.
  expect(interval.low).toBeCloseTo(0.1 - 0.0196, 2);
  expect(interval.high).toBeCloseTo(0.1 + 0.0196, 2);
  expect(pairedBootstrap(differences)).toEqual(interval);
});

test("the interval of a difference that never varies is that difference", () => {
  expect(pairedBootstrap([0.25, 0.25, 0.25])).toEqual({ mean: 0.25, low: 0.25, high: 0.25 });
});

test("reliability sets what was said against what came true", () => {
  const { error, reliability } = calibrationOf(
    [said(0.75, 0.25, 0).probabilities, said(0.75, 0.25, 0).probabilities, said(1, 0, 0).probabilities],
    [win, draw, win],
  );
  expect(reliability).toEqual([
    { from: 0, to: 0.1, n: 4, forecast: 0, observed: 0 },
    { from: 0.2, to: 0.3, n: 2, forecast: 0.25, observed: 0.5 },
    { from: 0.7, to: 0.8, n: 2, forecast: 0.75, observed: 0.5 },
    { from: 0.9, to: 1, n: 1, forecast: 1, observed: 1 },
  ]);
  expect(error).toBeCloseTo((2 * 0.25 + 2 * 0.25) / 9, 12);
});

test("figures are means over the matches", () => {
  const figures = figuresOf(scored("m", "elo", [said(1, 0, 0), said(0.5, 0.5, 0, draw)], [win, draw]), [0.1, 0.1]);
  expect(figures).toMatchObject({ name: "m", family: "elo", n: 2, exactLogLoss: 2, points: 4 });
  expect(figures.rps).toBeCloseTo(0.125 / 2, 12);
  expect(figures.brier).toBeCloseTo(0.25, 12);
  expect(figures.logLoss).toBeCloseTo(Math.log(2) / 2, 12);
  expect(figures.againstElo.mean).toBeCloseTo(0.125 / 2 - 0.1, 12);
});

test("who forecasts no scores has no figures for them", () => {
  const odds = { probabilities: { home: 0.5, draw: 0.3, away: 0.2 }, exactLogLoss: null, tip: null };
  expect(figuresOf(scored("odds", null, [odds], [win]), [0.2])).toMatchObject({ exactLogLoss: null, points: null });
});

test("diversity is the correlation of errors and the share of same tips", () => {
  const results = [win, draw, win];
  const sure = scored("sure", null, [said(0.9, 0.1, 0), said(0.9, 0.1, 0), said(0.9, 0.1, 0)], results);
  const twin = scored("twin", null, [said(0.9, 0.1, 0), said(0.9, 0.1, 0), said(0.9, 0.1, 0, draw)], results);
  const other = scored(
    "other",
    null,
    [said(0.1, 0.1, 0.8, draw), said(0, 1, 0, draw), said(0, 0.2, 0.8, draw)],
    results,
  );
  const panel = scored("panel", null, [said(0.5, 0.3, 0.2), said(0.6, 0.3, 0.1), said(0.5, 0.3, 0.2)], results);
  const { members, correlation, departures, sameTips } = diversityOf([sure, twin, other], panel);
  expect(correlation[0]?.[1]).toBeCloseTo(1, 12);
  expect(correlation[0]?.[2]).toBeLessThan(0.5);
  expect(correlation[2]?.[0]).toBe(correlation[0]?.[2]);
  expect(departures[0]?.[1]).toBeCloseTo(1, 12);
  expect(departures[0]?.[2]).toBeLessThan(0);
  expect(sameTips[0]?.[1]).toBeCloseTo(2 / 3, 12);
  expect(highestPairs(members, sameTips).map(({ a, b }) => `${a} ${b}`)).toEqual([
    "sure twin",
    "twin other",
    "sure other",
  ]);
});

test("the two most alike are looked for in each season by itself", () => {
  const member = (name: string, ...tips: { home: number; away: number }[]) =>
    scored(
      name,
      null,
      tips.map((tip) => said(0.5, 0.3, 0.2, tip)),
      tips.map(() => win),
    );
  const members = [
    member("a", win, win, win, win),
    member("b", win, win, draw, draw),
    member("c", win, draw, win, win),
  ];
  const match = (season: string) => ({ competition: "pl", season });
  expect(mostAlike(members, [match("one"), match("one"), match("two"), match("two")])).toEqual([
    { competition: "pl", season: "one", n: 2, a: "a", b: "b", value: 1 },
    { competition: "pl", season: "two", n: 2, a: "a", b: "c", value: 1 },
  ]);
});
