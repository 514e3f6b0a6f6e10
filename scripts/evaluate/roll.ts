import { mixture, probabilitiesOf } from "../../src/forecast/matrix.ts";
import type { Member, PlayedMatch, ScoreMatrix } from "../../src/forecast/member.ts";
import { createPanel } from "../../src/forecast/panel.ts";
import { exactLogLoss } from "../../src/forecast/scoring.ts";
import { bestTip } from "../../src/forecast/tip.ts";
import type { Probabilities, Score } from "../../src/match/event.ts";
import type { Dataset } from "./dataset.ts";

/** What was said of one match, and what it is scored with. */
export interface Said {
  probabilities: Probabilities;
  /** null where only the three outcomes were forecast. */
  exactLogLoss: number | null;
  tip: Score | null;
}

export interface Evaluated {
  match: PlayedMatch;
  members: readonly Said[];
  panel: Said;
  odds: Said | null;
}

const dayMs = 86_400_000;

/**
 * Forecasts every match of the seasons from the results of the days (UTC) before it: the matches of one day are all forecast
 * before any of them is learnt. Answers of `members` stand in the order given; the panel's matrix is the equal mean of theirs.
 */
export function* roll(
  members: readonly Member[],
  { competition, matches, odds }: Dataset,
  isEvaluated: (season: string) => boolean,
): Generator<Evaluated> {
  const panel = createPanel(members);
  const store = { results: (_: string, until: number) => matches.slice(0, countUntil(matches, until)) };
  for (const day of days(matches)) {
    const evaluated = day.matches.filter(({ season }) => isEvaluated(season));
    if (evaluated.length === 0) continue;
    const view = panel.at(competition, day.begin - 1, store, 0);
    for (const match of evaluated) {
      const { score, ...fixture } = match;
      const matrices: ScoreMatrix[] = [];
      const said = members.map(({ name }) => {
        const forecast = view.forecast(name, fixture);
        if ("abstained" in forecast) throw new Error(`${name} abstained from ${match.matchId}: ${forecast.abstained}`);
        const { matrix, probabilities, tip } = forecast;
        matrices.push(matrix);
        return { probabilities, exactLogLoss: exactLogLoss(matrix, score), tip };
      });
      const mean = mixture(matrices.map((matrix) => ({ weight: 1, matrix })));
      const offered = odds.get(match.matchId);
      yield {
        match,
        members: said,
        panel: { probabilities: probabilitiesOf(mean), exactLogLoss: exactLogLoss(mean, score), tip: bestTip(mean) },
        odds: offered ? { probabilities: offered, exactLogLoss: null, tip: null } : null,
      };
    }
  }
}

function* days(matches: readonly PlayedMatch[]): Generator<{ begin: number; matches: readonly PlayedMatch[] }> {
  let from = 0;
  while (from < matches.length) {
    const begin = Math.floor((matches[from] as PlayedMatch).kickoff / dayMs) * dayMs;
    const to = countUntil(matches, begin + dayMs - 1);
    yield { begin, matches: matches.slice(from, to) };
    from = to;
  }
}

/** How many of the ascending matches kicked off by then. */
function countUntil(matches: readonly PlayedMatch[], until: number): number {
  let low = 0;
  let high = matches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((matches[middle] as PlayedMatch).kickoff <= until) low = middle + 1;
    else high = middle;
  }
  return low;
}
