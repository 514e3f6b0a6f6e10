import { countingAnswers } from "./answers.ts";
import { digest } from "./digest.ts";
import type { Score, Settled } from "./event.ts";
import type { Answer, Match } from "./match.ts";
import { isVoid } from "./status.ts";

export type Tendency = "home" | "draw" | "away";

export function tendency(score: Score): Tendency {
  if (score.home > score.away) return "home";
  return score.home < score.away ? "away" : "draw";
}

export type Quotas = Record<Tendency, number>;

/**
 * Points for the right tendency when `count` of `total` predictions have it: the rounded 0.6 total/count + 1.4, held between
 * 2 and 6. In integers, because the floating-point form is off by one at 63/18, 77/22, 119/34, 126/36 and more.
 */
export function quota(total: number, count: number): number {
  if (count === 0) return 6;
  return Math.min(6, Math.max(2, Math.floor((12 * total + 38 * count) / (20 * count))));
}

export function quotasOf(tips: readonly Score[]): Quotas {
  const counts: Quotas = { home: 0, draw: 0, away: 0 };
  for (const tip of tips) counts[tendency(tip)]++;
  const total = tips.length;
  return { home: quota(total, counts.home), draw: quota(total, counts.draw), away: quota(total, counts.away) };
}

/** Kicktipp-style points of one tip: 0 for the wrong tendency, else its quota, +1 for the right difference, +3 for the exact score. */
export function pointsOf(tip: Score, result: Score, quotas: Quotas): number {
  if (tendency(tip) !== tendency(result)) return 0;
  const difference = tip.home - tip.away === result.home - result.away ? 1 : 0;
  const exact = tip.home === result.home && tip.away === result.away ? 3 : 0;
  return quotas[tendency(result)] + difference + exact;
}

/**
 * What a settlement rests on: the terminal status, or the finished revision with the counting answers' content. null while
 * there is nothing to settle. A match is due for settlement when this is not the settled one.
 */
export function basisOf(match: Match): string | null {
  const status = match.fixture?.status;
  if (status === undefined) return null;
  if (isVoid(status)) return status;
  if (status !== "finished" || match.result === null) return null;
  return `finished-${match.result.revision}-${contentOf(countingAnswers(match))}`;
}

/** Asked for at every event of an ended match, while its answers stay the same list (answers.ts). */
const contents = new WeakMap<readonly Answer[], string>();

function contentOf(answers: readonly Answer[]): string {
  const known = contents.get(answers);
  if (known !== undefined) return known;
  const lines = answers.map(
    ({ model, tip, retroactive }) => `${model} ${tip.home}-${tip.away}${retroactive ? " retro" : ""}`,
  );
  const content = digest(lines.sort().join("\n"));
  contents.set(answers, content);
  return content;
}

export type Settling = { settled: Settled } | { failed: "no-predictions" };

/** Scores a terminal match. A match without a basis cannot be settled: asking for it is a broken invariant. */
export function settle(match: Match): Settling {
  const basis = basisOf(match);
  const status = match.fixture?.status;
  if (basis === null || status === undefined) throw new Error(`${match.id} has no basis to settle on`);
  const nothing = { quotas: null, quotasFrom: null, quotasOf: [], points: [] };
  if (isVoid(status)) return { settled: { basis, revision: null, void: { reason: status, status }, ...nothing } };
  if (match.result === null) throw new Error(`${match.id} is finished without a result`);

  const revision = match.result.revision;
  const answers = countingAnswers(match);
  if (answers.length === 0) {
    if (match.analysis !== null) return { failed: "no-predictions" };
    return { settled: { basis, revision, void: { reason: "no-analysis", status }, ...nothing } };
  }
  return { settled: { basis, revision, void: null, ...score(answers, match.result.score.regular) } };
}

/** Quotas come from what stood at kick-off; retro answers are scored with them and set them only where nobody predicted in time. */
function score(
  answers: readonly Answer[],
  result: Score,
): Pick<Settled, "quotas" | "quotasFrom" | "quotasOf" | "points"> {
  const live = answers.filter((answer) => !answer.retroactive);
  const counted = live.length > 0 ? live : answers;
  const quotas = quotasOf(counted.map((answer) => answer.tip));
  return {
    quotas,
    quotasFrom: live.length > 0 ? "live" : "retro",
    quotasOf: [...new Set(counted.map((answer) => answer.sequence))].sort((a, b) => a - b),
    points: answers
      .map((answer) => ({ model: answer.model, points: pointsOf(answer.tip, result, quotas) }))
      .sort((a, b) => (a.model < b.model ? -1 : 1)),
  };
}
