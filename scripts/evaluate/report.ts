import type { Member } from "../../src/forecast/member.ts";
import { mean } from "./bootstrap.ts";
import { type Dataset, seasonsOf } from "./dataset.ts";
import { type AlikeInSeason, type Diversity, diversityOf, mostAlike } from "./diversity.ts";
import { type Evaluated, roll } from "./roll.ts";
import { type Figures, figuresOf, scored } from "./scores.ts";

/** The member all others are compared with: Elo 1978 without margin. */
export const referenceMember = "elo";

export interface Report {
  members: readonly Figures[];
  /** The equal mean of the members' forecasts. */
  panel: Figures;
  /** null without odds; over the matches that have some, with the panel's figures on the same matches. */
  odds: (Figures & { panelRps: number; panel: Figures }) | null;
  diversity: Diversity & { seasons: readonly AlikeInSeason[] };
}

/** Of one competition and its seasons, or of several together. */
export interface CompetitionReport extends Report {
  competition: string;
  seasons: readonly string[];
}

export interface Choice {
  /** As `2019-20`, both included; null: no limit. */
  from: string | null;
  to: string | null;
}

/** What each data set's seasons say about the members, and all of them together; a data set without one of the seasons is left out. */
export function evaluate(
  members: readonly Member[],
  datasets: readonly Dataset[],
  { from, to }: Choice,
): { competitions: CompetitionReport[]; all: Report | null } {
  const isChosen = (season: string) => (from === null || season >= from) && (to === null || season <= to);
  const everything: Evaluated[] = [];
  const competitions: CompetitionReport[] = [];
  for (const dataset of datasets) {
    const evaluated = [...roll(members, dataset, isChosen)];
    if (evaluated.length === 0) continue;
    everything.push(...evaluated);
    const seasons = seasonsOf(dataset).filter(isChosen);
    competitions.push({ competition: dataset.competition, seasons, ...reportOf(members, evaluated) });
  }
  return { competitions, all: everything.length > 0 ? reportOf(members, everything) : null };
}

function reportOf(members: readonly Member[], evaluated: readonly Evaluated[]): Report {
  const results = evaluated.map(({ match }) => match.score);
  const scores = members.map(({ name, family }, index) =>
    scored(
      name,
      family,
      evaluated.flatMap((it) => it.members[index] ?? []),
      results,
    ),
  );
  const elo = scores.find(({ name }) => name === referenceMember)?.rps ?? results.map(() => Number.NaN);
  const panel = scored(
    "panel",
    null,
    evaluated.map((it) => it.panel),
    results,
  );
  const offered = evaluated.flatMap(({ odds, match }, index) => (odds ? [{ odds, score: match.score, index }] : []));
  const odds = scored(
    "odds",
    null,
    offered.map((it) => it.odds),
    offered.map((it) => it.score),
  );
  const eloOffered = offered.map(({ index }) => elo[index] as number);
  const panelOffered = scored(
    "panel, on these",
    null,
    offered.flatMap(({ index }) => evaluated[index]?.panel ?? []),
    offered.map((it) => it.score),
  );
  return {
    members: scores.map((it) => figuresOf(it, elo)),
    panel: figuresOf(panel, elo),
    odds:
      offered.length > 0
        ? {
            ...figuresOf(odds, eloOffered),
            panelRps: mean(panelOffered.rps),
            panel: figuresOf(panelOffered, eloOffered),
          }
        : null,
    diversity: {
      ...diversityOf(scores, panel),
      seasons: mostAlike(
        scores,
        evaluated.map(({ match }) => match),
      ),
    },
  };
}
