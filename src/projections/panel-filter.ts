/** Which settled answers a table of models is made of. */
export interface PanelFilter {
  competition?: string;
  season?: string;
  /** true: answers made in hindsight, false: those made in time. */
  retro: boolean;
}

export interface PanelParams {
  competition: string | null;
  season: string | null;
  retro: number;
}

/** A condition on the rows of `model_months`; its parameters are `panelParams`. */
export const panelCondition = `(@competition IS NULL OR competition = @competition)
  AND (@season IS NULL OR season = @season) AND retroactive = @retro`;

export function panelParams({ competition, season, retro }: PanelFilter): PanelParams {
  return { competition: competition ?? null, season: season ?? null, retro: retro ? 1 : 0 };
}

/** The rows of `scores` that fit, in the order of kick-offs along one index. */
export function scoresWhere({ competition, season }: PanelFilter): string {
  const both = competition !== undefined && season !== undefined;
  const by = both ? "both" : competition !== undefined ? "competition" : season !== undefined ? "season" : "time";
  return `FROM scores INDEXED BY scores_by_${by} WHERE retroactive = @retro
    ${competition === undefined ? "" : "AND competition = @competition"}
    ${season === undefined ? "" : "AND season = @season"}`;
}
