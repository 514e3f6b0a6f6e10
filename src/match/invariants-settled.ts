import { isTip, type Recorded, type Score } from "./event.ts";
import type { Match } from "./match.ts";
import { basisOf } from "./settlement.ts";

export interface RecountedAnswer {
  model: string;
  round: number;
  sequence: number;
  time: number;
  retroactive: boolean;
  tip: Score;
  kickoffThen: number;
}

interface Counted {
  match: Match;
  requests: Map<string, { round: number; retroactive: boolean; roster: string[] | null }>;
  answers: readonly RecountedAnswer[];
  settled: { basis: string; sequence: number } | null;
}

/** The answers of one `predicted` that its request entitles to count, whatever the fold makes of them. */
export function recountAnswers(event: Recorded<"match.predicted">, { match, requests }: Counted): RecountedAnswer[] {
  const request = event.causationId === null ? undefined : requests.get(event.causationId);
  if (request === undefined || request.round !== event.data.round) return [];
  const { round, retroactive } = event.data;
  if (request.retroactive !== retroactive) return [];
  const kickoffThen = match.fixture?.kickoff ?? Number.NEGATIVE_INFINITY;
  return event.data.answers.flatMap((answer) =>
    isTip(answer) && request.roster?.includes(answer.model) === true
      ? [
          {
            model: answer.model,
            round,
            sequence: event.sequence,
            time: event.time,
            retroactive,
            tip: answer.tip,
            kickoffThen,
          },
        ]
      : [],
  );
}

/** Invariants 3, 4 and 8 at one `settled`: once per basis, only answers that count, the points they earn. */
export function checkSettled(
  record: Counted,
  event: Recorded<"match.settled">,
  violate: (n: number, text: string) => void,
): void {
  const { match } = record;
  const { data, sequence } = event;
  // A status that comes back (cancelled, awarded, cancelled) is settled again: only in a row is it a doubled settlement.
  if (record.settled?.basis === data.basis) {
    violate(3, `the basis ${data.basis} was settled before, at sequence ${record.settled.sequence}`);
  } else record.settled = { basis: data.basis, sequence };
  if (data.basis !== basisOf(match)) violate(8, `settled on ${data.basis}, the match's basis was ${basisOf(match)}`);
  if (data.void !== null) {
    if (data.points.length > 0) violate(3, "a void settlement gives points");
    return;
  }
  const result = match.result?.score.regular;
  if (result === undefined) return violate(3, "settled without a result");
  const kickoff = match.fixture?.kickoff ?? Number.NEGATIVE_INFINITY;
  const counting = firstOfEachModel(
    record.answers.filter(
      (answer) =>
        answer.round === match.round.number &&
        (answer.retroactive || (answer.time < answer.kickoffThen && answer.time < kickoff)),
    ),
  );
  for (const { model } of data.points) {
    if (!counting.has(model)) violate(4, `${model} has points without an answer that counts`);
  }
  const expected = [...counting.values()];
  const live = expected.filter((answer) => !answer.retroactive);
  const quotaBase = (live.length > 0 ? live : expected).map((answer) => sign(answer.tip));
  for (const answer of expected) {
    const points = pointsAgain(answer.tip, result, quotaBase);
    const given = data.points.filter(({ model }) => model === answer.model);
    if (given.length !== 1 || given[0]?.points !== points) {
      violate(
        3,
        `${answer.model} earned ${points} points, the settlement gives ${given.map((it) => it.points).join(" and ") || "none"}`,
      );
    }
  }
}

function firstOfEachModel(answers: readonly RecountedAnswer[]): Map<string, RecountedAnswer> {
  const first = new Map<string, RecountedAnswer>();
  for (const answer of answers) if (!first.has(answer.model)) first.set(answer.model, answer);
  return first;
}

function sign(score: Score): number {
  return Math.sign(score.home - score.away);
}

/** The scoring rule written a second time: quota = floor(0.6 N / c + 1.9) in exact integers, 2 to 6. */
function pointsAgain(tip: Score, result: Score, signs: readonly number[]): number {
  if (sign(tip) !== sign(result)) return 0;
  const total = signs.length;
  const count = signs.filter((it) => it === sign(tip)).length;
  let quota = 6;
  while (quota > 2 && (count === 0 ? false : 20 * count * quota > 12 * total + 38 * count)) quota--;
  const exact = tip.home === result.home && tip.away === result.away;
  const difference = tip.home - tip.away === result.home - result.away;
  return quota + (difference ? 1 : 0) + (exact ? 3 : 0);
}
