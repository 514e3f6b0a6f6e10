import type { App } from "../../src/app.ts";
import { countingAnswers, isCovered } from "../../src/match/answers.ts";
import type { PanelRow } from "../../src/projections/panel.ts";
import type { ReadModel } from "../../src/projections/read-model.ts";

/** The live season of a node's source. */
export interface Season {
  competition: string;
  season: string;
  /** How many the source has, announced yet or not. */
  matches: number;
}

/** The season that begins with the source's first kick-off. */
export async function seasonOf({ source, clock }: App): Promise<Season> {
  const [competition] = source.competitions;
  if (competition === undefined) throw new Error(`the source ${source.name} offers no competition`);
  const window = { from: source.firstKickoff, to: Number.MAX_SAFE_INTEGER };
  const { observations } = await source.fixtures(competition.id, window, clock.now(), new AbortController().signal);
  return {
    competition: competition.id,
    season: observations.at(-1)?.fixture.season ?? "",
    matches: observations.length,
  };
}

/** What `run --json` prints. */
export interface Summary {
  matches: number;
  analysed: number;
  predicted: number;
  finished: number;
  settled: number;
  void: number;
  failed: number;
  /** Of the season's live matches, those that had all their answers before kick-off. */
  coveragePercent: number;
  events: number;
  /** Wall time of this run. */
  seconds: number;
  panel: Pick<PanelRow, "model" | "n" | "points" | "exact" | "rps" | "logLoss">[];
}

export function summarise(readModel: ReadModel, { competition, season }: Season, seconds: number): Summary {
  const { live, analysed, predicted, finished, settled, void: voids, failed, events } = readModel.tally();
  const panel = readModel
    .panel({ competition, season, retro: false })
    .map(({ model, n, points, exact, rps, logLoss }) => ({ model, n, points, exact, rps, logLoss }));
  return {
    matches: live,
    analysed,
    predicted,
    finished,
    settled,
    void: voids,
    failed,
    coveragePercent: seasonCoverage(readModel),
    events,
    seconds: Math.round(seconds * 10) / 10,
    panel,
  };
}

function seasonCoverage(readModel: ReadModel): number {
  let [all, covered] = [0, 0];
  let cursor: string | null = null;
  do {
    const page = readModel.matches({ purpose: "live", limit: 1000, ...(cursor === null ? {} : { cursor }) });
    for (const { id } of page.matches) {
      all++;
      const match = readModel.match(id);
      // An answer in hindsight covers nothing: the operator would have kicked off without it.
      if (match !== null && isCovered(match) && countingAnswers(match).every((it) => !it.retroactive)) covered++;
    }
    cursor = page.cursor;
  } while (cursor !== null);
  return all === 0 ? 100 : Math.round((10_000 * covered) / all) / 100;
}
