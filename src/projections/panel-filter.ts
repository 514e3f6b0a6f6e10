/** Which settled answers a table of models is made of. */
export interface PanelFilter {
  competition?: string;
  season?: string;
  /** true: answers made in hindsight alone, false: those made in time alone; absent: both. */
  retro?: boolean;
}

export interface PanelParams {
  competition: string | null;
  season: string | null;
  retro: number | null;
}

/** A condition on the rows of `scores` and `silences`; its parameters are `panelParams`. */
export const panelCondition = `(@competition IS NULL OR competition = @competition)
  AND (@season IS NULL OR season = @season) AND (@retro IS NULL OR retroactive = @retro)`;

export function panelParams({ competition, season, retro }: PanelFilter): PanelParams {
  return {
    competition: competition ?? null,
    season: season ?? null,
    retro: retro === undefined ? null : retro ? 1 : 0,
  };
}
