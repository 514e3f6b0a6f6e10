import { Seasons } from "./seasons.ts";

interface SeasonChange {
  /** Rating of a team while there is no season to compare with. */
  initial: number;
  /** Share of the distance to the mean that a rating loses between seasons. */
  reversion: number;
  /** A promoted team starts this far above the mean of the weakest teams of the season before ... */
  promoted: number;
  /** ... so many of them: which teams went down is not known before the new season is under way. */
  relegated: number;
}

/** Ratings that only differences give a meaning: what one team wins the other loses. */
export class EloTable {
  private readonly change: SeasonChange;
  private readonly seasons = new Seasons();
  private ratings = new Map<string, number>();
  private entry: number;

  constructor(change: SeasonChange) {
    this.change = change;
    this.entry = change.initial;
  }

  /** At the start of a match of this season. */
  rating(season: string, team: string): number {
    // A season nobody has played in yet is rated as its first match would find it, and nothing is kept.
    const { ratings, entry } = this.seasons.has(season)
      ? { ratings: this.ratings, entry: this.entry }
      : this.newSeason();
    if (this.seasons.isNewcomer(season, team)) return entry;
    return ratings.get(team) ?? this.change.initial;
  }

  /** Home minus away. */
  difference(season: string, home: string, away: string): number {
    return this.rating(season, home) - this.rating(season, away);
  }

  /** After a match of this season: `points` go from the away team to the home team. */
  learn(season: string, home: string, away: string, points: number): void {
    if (!this.seasons.has(season)) {
      const { ratings, entry } = this.newSeason();
      this.ratings = ratings;
      this.entry = entry;
      this.seasons.begin(season);
    }
    const before = { home: this.rating(season, home), away: this.rating(season, away) };
    this.ratings.set(home, before.home + points);
    this.ratings.set(away, before.away - points);
    this.seasons.enter(season, home);
    this.seasons.enter(season, away);
  }

  private newSeason(): { ratings: Map<string, number>; entry: number } {
    const { initial, reversion, promoted, relegated } = this.change;
    const teams = [...this.seasons.latestTeams()];
    if (teams.length === 0) return { ratings: this.ratings, entry: initial };
    const mean = meanOf(teams.map((team) => this.ratings.get(team) ?? initial));
    const ratings = new Map(
      [...this.ratings].map(([team, rating]) => [team, mean + (1 - reversion) * (rating - mean)]),
    );
    const weakest = teams
      .map((team) => ratings.get(team) ?? initial)
      .sort((a, b) => a - b)
      .slice(0, relegated);
    return { ratings, entry: meanOf(weakest) + promoted };
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
